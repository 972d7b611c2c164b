// Which browsers the end-to-end tests drive: Playwright's own where they are, else the system's.
// Run as a program, it installs those that are missing, and says what it does.

import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, firefox } from 'playwright';

/** @typedef {{ by: 'playwright' | 'system', path: string }} Found */

const browsers = {
  chromium: { own: chromium, system: '/usr/bin/chromium', debianPackage: 'chromium' },
  firefox: { own: firefox, system: '/usr/bin/firefox-esr', debianPackage: 'firefox-esr' },
};

const names = /** @type {(keyof typeof browsers)[]} */ (Object.keys(browsers));

/**
 * @param {keyof typeof browsers} name
 * @returns {Found | undefined}
 */
export function findBrowser(name) {
  const { own, system } = browsers[name];
  if (existsSync(own.executablePath())) return { by: 'playwright', path: own.executablePath() };
  if (existsSync(system)) return { by: 'system', path: system };
  return undefined;
}

const missing = () => names.filter((name) => findBrowser(name) === undefined);

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  console.log(`$ ${[command, ...args].join(' ')}`);
  // A network that swallows the download, instead of refusing it, must not hold up the other way for long.
  return spawnSync(command, args, { stdio: 'inherit', timeout: 5 * 60_000 }).status === 0;
}

function installPlaywrights() {
  if (process.env['PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD']) {
    console.log('PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD is set: not downloading.');
    return;
  }
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
  if (!run(process.execPath, [cli, 'install', '--with-deps', ...missing()])) {
    console.log("Playwright's browsers could not be installed.");
  }
}

function installDebians() {
  const apt = (/** @type {string[]} */ ...args) => {
    const command = ['apt-get', '-o', 'DPkg::Lock::Timeout=500', ...args];
    const [program = '', ...rest] = process.getuid?.() === 0 ? command : ['sudo', ...command];
    return run(program, rest);
  };
  const packages = missing().map((name) => browsers[name].debianPackage);
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...packages);
}

function main() {
  for (const install of [installPlaywrights, installDebians]) {
    if (missing().length === 0) break;
    console.log(`Missing: ${missing().join(', ')}.`);
    install();
  }
  for (const name of names) {
    const found = findBrowser(name);
    console.log(
      `${name}: ${found ? `${found.path} (${found.by})` : 'not found, and could not be installed'}`,
    );
    if (!found) process.exitCode = 1;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main();
