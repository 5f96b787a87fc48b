// Finds Chromium, or a browser made of it. Run by itself, it ends with 1 if there is none.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const places = (process.env.PATH ?? '').split(delimiter).flatMap(folder => names.map(name => join(folder, name)));

export const chromium = places.find(place => {
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
