// Which browsers the end-to-end tests drive: Playwright's own where they are, else the system's; WebKit is always the
// system's. Run as a program, it installs those that are missing, and says what it does.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
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

/**
 * The system's Chromium that has no window to care for: a test costs it less than half. It has no back/forward cache.
 * Playwright's own brings one along, and takes it.
 */
const shell = { path: '/usr/bin/chromium-headless-shell', debianPackage: 'chromium-headless-shell' };

/** Its path, where a system's Chromium is driven and it is there. @returns {string | undefined} */
export function findShell() {
  return findBrowser('chromium')?.by === 'system' && existsSync(shell.path) ? shell.path : undefined;
}

/**
 * @typedef {object} WebKit
 * @property {string} driver The path of what speaks WebDriver.
 * @property {string} [display] The path of an X server without a screen, where it needs one.
 * @property {Record<string, unknown>} capabilities Which browser the driver is to start.
 */

/** Some distributions have a folder for each kind of machine in between. */
const libraries = ['/usr/lib', '/usr/lib64', '/usr/libexec', ...architectures('/usr/lib')];

/** @param {string} folder */
function architectures(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(folder, name));
}

const miniBrowser = libraries
  .flatMap((folder) => ['4.1', '4.0', '6.0'].map((api) => join(folder, `webkit2gtk-${api}`, 'MiniBrowser')))
  .find((path) => existsSync(path));

/**
 * Playwright drives only a WebKit that it has patched; these are what people have. The tests skip where one is missing.
 *
 * @type {Record<'webkit' | 'wpe', WebKit & { needs: (string | undefined)[], debianPackages: string[] }>}
 */
const webkits = {
  // WebKitGTK: the engine of today's Safari.
  webkit: {
    driver: '/usr/bin/WebKitWebDriver',
    display: '/usr/bin/Xvfb',
    capabilities: {
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation'] },
    },
    needs: [miniBrowser],
    debianPackages: ['webkit2gtk-driver', 'xvfb'],
  },
  // WPE 2.38 of Debian 12: an engine of Safari 16's time.
  wpe: {
    driver: '/usr/bin/WPEWebDriver',
    capabilities: {
      'wpe:browserOptions': { binary: '/usr/bin/cog', args: ['--automation', '--platform=headless'] },
    },
    needs: ['/usr/bin/cog'],
    debianPackages: ['wpewebkit-driver', 'cog'],
  },
};

/** @typedef {keyof typeof webkits} WebKitName */

const webkitNames = /** @type {WebKitName[]} */ (Object.keys(webkits));

/**
 * @param {WebKitName} name
 * @returns {WebKit | undefined}
 */
export function findWebKit(name) {
  const { needs, debianPackages: _, ...webkit } = webkits[name];
  const paths = [webkit.driver, ...(webkit.display ? [webkit.display] : []), ...needs];
  return paths.every((path) => path !== undefined && existsSync(path)) ? webkit : undefined;
}

const missing = () => names.filter((name) => findBrowser(name) === undefined);
/** Nothing fails without it. */
const isShellMissing = () => findBrowser('chromium')?.by !== 'playwright' && !existsSync(shell.path);
const missingWebKits = () => webkitNames.filter((name) => findWebKit(name) === undefined);

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
  if (missing().length === 0) return;
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
    const command = [
      ...['env', 'DEBIAN_FRONTEND=noninteractive'],
      ...['apt-get', '-o', 'DPkg::Lock::Timeout=500', ...args],
    ];
    const [program = '', ...rest] = process.getuid?.() === 0 ? command : ['sudo', ...command];
    return run(program, rest);
  };
  apt('update');
  const install = (/** @type {string[]} */ packages) =>
    packages.length === 0 || apt('install', '-y', '--no-install-recommends', ...packages);
  install(missing().map((name) => browsers[name].debianPackage));
  // Each by itself: a system that has not got one may have the other.
  if (isShellMissing()) install([shell.debianPackage]);
  for (const name of missingWebKits()) install(webkits[name].debianPackages);
}

function main() {
  for (const install of [installPlaywrights, installDebians]) {
    const all = [...missing(), ...(isShellMissing() ? [shell.debianPackage] : []), ...missingWebKits()];
    if (all.length === 0) break;
    console.log(`Missing: ${all.join(', ')}.`);
    install();
  }
  for (const name of names) {
    const found = findBrowser(name);
    console.log(
      `${name}: ${found ? `${found.path} (${found.by})` : 'not found, and could not be installed'}`,
    );
    if (!found) process.exitCode = 1;
  }
  console.log(`chromium without a window: ${findShell() ?? 'as chromium'}`);
  for (const name of webkitNames) {
    const found = findWebKit(name);
    console.log(
      `${name}: ${found ? found.driver : 'not found, and could not be installed: its tests are skipped'}`,
    );
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main();
