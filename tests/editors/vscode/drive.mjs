// Plays stories in a real workbench, each in a window of its own: what a user does, and what is seen of it. A story is a
// module of stories/, or several of them as `acts`.
// Usage: node drive.mjs SCENARIO.json -> one JSON object on stdout: by the name of a story, what was seen, or `failed`.
// Screenshots go to `pictures`.
import { readFileSync } from "node:fs";
import { Workbench } from "./workbench.mjs";

const { stories, ...place } = JSON.parse(readFileSync(process.argv[2], "utf8"));

async function play(workbench, name, given) {
  workbench.set("User", given.userSettings ?? {});
  workbench.set("Machine", given.machineSettings);
  const seen = {};
  const window = await workbench.open(given.folder, given.file);
  try {
    for (const act of given.acts ?? [name]) {
      const { default: play } = await import(`./stories/${act}.mjs`);
      await play(window, seen, given, workbench);
    }
  } catch (error) {
    await window.picture(`${name}-failed`).catch(() => undefined);
    seen.failed = String(error?.stack ?? error);
  } finally {
    await window.close();
  }
  return { ...seen, chosen: window.chosen, clicked: window.clicked, outside: window.outside };
}

const workbench = new Workbench(place);
const seen = {};
try {
  await workbench.start();
  for (const [name, given] of Object.entries(stories)) {
    seen[name] = await play(workbench, name, given);
  }
} finally {
  await workbench.stop();
}
console.log(JSON.stringify(seen));
