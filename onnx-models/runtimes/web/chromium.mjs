// Finds Chromium, or a browser based on it, and opens a page in it. Run on its own, it exits with 1 if there is none.
import { spawn } from 'node:child_process';
import { accessSync, constants, readlinkSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const places = (process.env.PATH ?? '').split(delimiter).flatMap(folder => names.map(name => join(folder, name)));

const chromium = places.find(place => {
  try {
    accessSync(place, constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

if (!chromium) {
  console.error(`expected a browser on the path, one of ${names.join(', ')}, found none`);
  process.exit(1);
}

/** Options with which the browser has WebGPU on every machine, as SwiftShader computes it on the processor. */
export const WEBGPU = [
  '--enable-unsafe-webgpu', '--enable-unsafe-swiftshader', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan',
];

/** Opens a page; the browser writes all its files into one folder. */
export function open(page, profile, more = ['--disable-gpu']) {
  const options = ['--headless=new', '--no-first-run', ...more, '--disable-dev-shm-usage', `--user-data-dir=${profile}`];
  if (process.getuid?.() === 0) options.push('--no-sandbox'); // as root, Chromium has no sandbox
  return spawn(chromium, [...options, page], { stdio: 'ignore' });
}

/** Ends the browser, and deletes its files. */
export async function close(browser, profile) {
  const socket = socketFolder(profile);
  if (browser.exitCode === null && browser.signalCode === null) {
    await new Promise(ended => browser.on('exit', ended) && browser.kill());
  }
  [profile, ...socket].forEach(remove);
}

/** Returns the folder of the browser's socket, to which its profile has a link. */
function socketFolder(profile) {
  try {
    return [dirname(readlinkSync(join(profile, 'SingletonSocket')))];
  } catch {
    return []; // no such link on this system
  }
}

function remove(folder) {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  } catch (failure) {
    console.error(`${folder} stays: ${failure.message}`); // helper processes of the browser may end after it
  }
}
