// Which proxies the end-to-end tests put between a browser and a server: the system's, where they are.
// Run as a program, it installs those that are missing from Debian's packages, and says what it does. Nothing is left
// running: the tests start what they need themselves.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const proxies = {
  nginx: { program: 'nginx', debianPackage: 'nginx-light' },
  haproxy: { program: 'haproxy', debianPackage: 'haproxy' },
  // Only the program and its modules: no site, no service.
  apache: { program: 'apache2', debianPackage: 'apache2-bin' },
  varnish: { program: 'varnishd', debianPackage: 'varnish' },
  caddy: { program: 'caddy', debianPackage: 'caddy' },
  lighttpd: { program: 'lighttpd', debianPackage: 'lighttpd' },
  squid: { program: 'squid', debianPackage: 'squid' },
  tinyproxy: { program: 'tinyproxy', debianPackage: 'tinyproxy' },
  privoxy: { program: 'privoxy', debianPackage: 'privoxy' },
};

/** @typedef {keyof typeof proxies} ProxyName */

const names = /** @type {ProxyName[]} */ (Object.keys(proxies));

/** Daemons are not on everybody's path. */
const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];

/**
 * The path of its program.
 *
 * @param {ProxyName} name
 * @returns {string | undefined}
 */
export function findProxy(name) {
  return folders
    .map((folder) => join(folder, proxies[name].program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const missing = () => names.filter((name) => findProxy(name) === undefined);

/**
 * Debian starts what it installs, now and at every boot. `policy-rc.d` keeps it from the first, `disable` from the second.
 *
 * @param {string[]} packages
 */
const installation = (packages) => `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\\nexit 101\\n' > $policy
  chmod +x $policy
  trap "rm -f $policy" EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt="apt-get -o DPkg::Lock::Timeout=300"
$apt update || true
for package in ${packages.join(' ')}; do
  $apt install -y --no-install-recommends "$package" || continue
  if [ -d /run/systemd/system ]; then
    dpkg -L "$package" | sed -n 's|^.*/systemd/system/\\([^/]*[.]service\\)$|\\1|p' | xargs -r systemctl disable || true
  fi
done
`;

function install() {
  const script = installation(missing().map((name) => proxies[name].debianPackage));
  console.log(`${process.getuid?.() === 0 ? 'sh' : 'sudo sh'} <<end${script}end`);
  const command = ['sh', '-c', script];
  const [program = '', ...args] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
  spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], timeout: 10 * 60_000 });
}

/** A proxy that cannot be had is no failure: its tests say that they were skipped. */
function main() {
  if (missing().length > 0) {
    console.log(`Missing: ${missing().join(', ')}.`);
    install();
  }
  for (const name of names) {
    console.log(
      `${name}: ${findProxy(name) ?? 'not found, and could not be installed: its tests are skipped'}`,
    );
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main();
