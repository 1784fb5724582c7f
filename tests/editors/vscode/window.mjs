// A window of the workbench, as a user has it before the eyes and under the fingers.
import { join } from "node:path";

export const WAIT = 90_000; // two noisy cores, a first start that compiles everything
const MARKS = ".monaco-editor .squiggly-error, .monaco-editor .squiggly-warning, .monaco-editor .squiggly-info";

/** One window. Whatever it waits for and does not come is an error that names the step. */
export class Window {
  /** The titles of the commands that were chosen, in the palette or in a menu. */
  chosen = [];
  /** The entries of menus that were chosen: the menu's id and the title. */
  clicked = [];
  /** What the page asked of other machines. */
  outside = [];

  constructor(page, pictures) {
    this.page = page;
    this.pictures = pictures;
  }

  picture(name) {
    return this.page.screenshot({ path: join(this.pictures, `vscode-${name}.png`) });
  }

  /** Choose a command in the palette, which is opened again as long as a starting window does not know the command. */
  async command(title) {
    const row = this.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: title.replace(/^.*?: /, "") });
    await this.until(`the command ${title}`, async () => {
      try {
        await this.page.keyboard.press("F1");
        await this.page.locator(".quick-input-widget input").first().waitFor({ timeout: 5_000 });
        await this.page.keyboard.type(title);
        await row.first().waitFor({ timeout: 5_000 });
        return true;
      } catch {
        await this.page.keyboard.press("Escape");
        return undefined;
      }
    });
    await row.first().click();
    this.chosen.push(title);
  }

  /** Answer the input box whose title or prompt holds the words, and see it go. */
  async answer(words, text) {
    const box = await this.#typed(words, text);
    await this.until(`the end of ${words}`, async () => {
      await this.page.keyboard.press("Enter"); // it may still think that of the text before
      return box.waitFor({ state: "hidden", timeout: 1_000 }).then(() => true, () => undefined);
    });
  }

  /** Answer it with something that it does not take; why not. */
  async refused(words, text) {
    const box = await this.#typed(words, text);
    await this.page.keyboard.press("Enter");
    const why = box.locator(".quick-input-message").filter({ hasNotText: "Press 'Enter'" });
    await why.waitFor();
    return plain(await why.innerText());
  }

  async #typed(words, text) {
    const box = this.page.locator(".quick-input-widget").filter({ hasText: words });
    await box.locator("input").last().fill(text);
    return box;
  }

  /** Choose from the list whose title, or whose hint, holds the words; what was to choose from. */
  async pick(words, label) {
    const { page } = this;
    const hint = page.locator(`input[placeholder*="${words}"]`);
    const widget = page.locator(".quick-input-widget").filter({ has: hint }).or(page.locator(".quick-input-widget").filter({ hasText: words }));
    const rows = widget.locator(".monaco-list-row");
    await rows.filter({ hasText: label }).first().waitFor();
    const all = await rows.allInnerTexts();
    await page.keyboard.type(label); // the pointer would meet the hint of another row
    await rows.filter({ hasNotText: label }).first().waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await rows.first().waitFor({ state: "hidden" });
    return all.map(plain);
  }

  /** The message that holds the words; it is closed, by `button` if that is named. */
  async message(words, button) {
    const box = this.page.locator(".notifications-toasts .notification-list-item").filter({ hasText: words }).last();
    await box.waitFor();
    const said = plain(await box.locator(".notification-list-item-message").innerText());
    const choices = (await box.locator(".notification-list-item-buttons-container .monaco-button").allInnerTexts()).map(plain);
    if (button) {
      await box.locator(".monaco-button").filter({ hasText: button }).click();
    } else {
      await box.hover();
      await box.locator(".codicon-notifications-clear").click();
      await box.waitFor({ state: "detached" });
    }
    return { said, choices };
  }

  /** The messages that stand there now. */
  async messages() {
    return (await this.page.locator(".notifications-toasts .notification-list-item-message").allInnerTexts()).map(plain);
  }

  /** The file in front has an underlined place. */
  async marked() {
    await this.page.waitForSelector(MARKS, { state: "attached" });
    return this.page.locator(MARKS).first();
  }

  /** It has none any more. */
  async unmarked() {
    await this.page.waitForFunction((marks) => !document.querySelector(marks), MARKS);
  }

  /** The problems of the workspace, one string each, when there are some. */
  async problems() {
    await this.command("Problems: Focus on Problems View");
    const rows = this.page.locator(".markers-panel .monaco-list-row").filter({ hasText: "Ln " });
    await rows.first().waitFor();
    return (await rows.allInnerTexts()).map(plain);
  }

  /** Diffvet's view in the explorer, which is opened where it is not. */
  async findings() {
    const pane = this.page.locator(".pane").filter({ hasText: "Diffvet Findings" });
    if (!(await pane.locator(".pane-body").isVisible())) {
      await this.command("Explorer: Focus on Diffvet Findings View");
      await pane.locator(".pane-body").waitFor();
      const files = this.page.locator('.pane-header[aria-expanded="true"]').filter({ hasNotText: "Diffvet" }).first();
      if (await files.isVisible()) await files.click(); // room for the tree
    }
    return pane;
  }

  /** Its rows, once `ready` is content with them and they are drawn. */
  async tree(what, ready) {
    const pane = await this.findings();
    let before;
    return this.until(`the tree: ${what}`, async () => {
      const rows = await pane.locator(".monaco-list-row").evaluateAll((all) =>
        all.map((row) => [...row.querySelectorAll(".label-name, .label-description")].map((part) => part.textContent).join(" ")),
      );
      const still = String(before) === String(rows);
      before = rows;
      return still && ready(rows) ? rows : undefined;
    });
  }

  /** Choose a command in the title of Diffvet's view: a button, or an entry behind the dots. */
  async inTitle(title) {
    const pane = await this.findings();
    await pane.locator(".pane-header").hover();
    const button = pane.locator(`.pane-header .action-label[aria-label*="${title}"]`);
    if (await button.isVisible()) {
      await button.click();
    } else {
      await pane.locator('.pane-header .action-label[aria-label*="More Actions"]').click();
      await this.#menu(title);
    }
    this.#noted("view/title", title);
  }

  /** Choose a command in the menu of the line of the tree that holds the words. */
  async inMenuOf(words, title) {
    const pane = await this.findings();
    await pane.locator(".monaco-list-row").filter({ hasText: words }).first().click({ button: "right" });
    await this.#menu(title);
    this.#noted("view/item/context", title);
  }

  /** Open or close the line of the tree that holds the words. */
  async toggle(words) {
    const pane = await this.findings();
    await pane.locator(".monaco-list-row").filter({ hasText: words }).first().click();
  }

  /** Choose from the menu that has just opened. It takes no click in its first moments, so the key that follows a pointer does. */
  async #menu(title) {
    const entry = this.page.locator(".monaco-menu .action-item").filter({ hasText: title }).first();
    await entry.hover();
    await this.page.keyboard.press("Enter");
    await entry.waitFor({ state: "detached" });
  }

  #noted(menu, title) {
    this.chosen.push(`Diffvet: ${title}`);
    this.clicked.push(`${menu}: ${title}`);
  }

  /** What the threads of the editors in front say, once there are some. */
  async threads() {
    const threads = this.page.locator(".review-widget");
    await threads.first().waitFor();
    return (await threads.allInnerTexts()).map(plain);
  }

  /** What the language status says of Diffvet, once it holds the words. */
  async status(words) {
    const item = this.page.locator('[id="status.languageStatus"]');
    const row = this.page.locator(".hover-language-status .element").filter({ hasText: "Diffvet" });
    return this.until(`the status: ${words}`, async () => {
      await this.page.mouse.move(600, 300);
      await item.hover();
      await row.first().waitFor();
      const said = plain(await row.first().innerText());
      return said.includes(words) ? said : undefined;
    });
  }

  /** What the cursor's place is in the status bar, once it holds the words. */
  async place(words) {
    const item = this.page.locator('[id="status.editor.selection"]').filter({ hasText: words });
    await item.waitFor();
    return plain(await item.innerText());
  }

  /** The name of the tab in front, once it is this one. */
  async inFront(name) {
    await this.page.locator(".tab.active").filter({ hasText: name }).waitFor();
  }

  /** Open a file of the window by its name. */
  async openFile(name) {
    await this.page.keyboard.press("Control+P");
    await this.page.waitForSelector(".quick-input-widget input");
    await this.page.keyboard.type(name);
    const rows = this.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: name });
    await rows.filter({ hasNotText: `${name} (` }).first().click(); // not a side of a diff that was shown before
    await this.inFront(name);
    await this.page.locator(".monaco-editor .view-line").first().waitFor();
  }

  /** Put the cursor on a line (1-based) of the file in front. */
  async go(line) {
    await this.page.locator(".editor-instance .view-line").first().click();
    await this.page.keyboard.press("Control+G");
    await this.page.waitForSelector(".quick-input-widget input");
    await this.page.keyboard.type(String(line));
    await this.page.keyboard.press("Enter");
    await this.place(`Ln ${line},`);
  }

  /** Write another text in the place of a line (1-based), and do not save. */
  async type(line, text) {
    await this.go(line);
    await this.page.keyboard.press("Home");
    await this.page.keyboard.press("Shift+End");
    await this.page.keyboard.insertText(text);
  }

  save() {
    return this.page.keyboard.press("Control+S");
  }

  /** What `look` answers as soon as it answers something. */
  async until(what, look) {
    const end = Date.now() + WAIT;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
      await this.page.waitForTimeout(100);
    }
  }

  /** Leave, so that what belongs to the window ends as well. */
  async close() {
    await this.page.goto("about:blank").catch(() => undefined);
    await this.page.close();
  }
}

/** Text as people read it: editors draw with spaces of other kinds, and lay out over lines. */
export function plain(text) {
  return text.replace(/\s+/g, " ").trim();
}
