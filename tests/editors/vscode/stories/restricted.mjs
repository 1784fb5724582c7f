// In a folder that is not trusted nothing of Diffvet runs; trust starts it.

export default async function restricted(window, seen, _given, workbench) {
  const { page } = window;
  await page.locator('[id="status.workspaceTrust"], .part.banner').first().waitFor();
  await page.keyboard.press("F1");
  await page.waitForSelector(".quick-input-widget input");
  await page.keyboard.type("Diffvet: Review");
  await page.locator(".quick-input-list .monaco-list-row").filter({ hasText: "No matching commands" }).waitFor();
  await page.keyboard.press("Escape");
  seen.servers = workbench.servers();
  await window.picture("restricted");

  await window.command("Workspaces: Manage Workspace Trust");
  await page.locator(".workspace-trust-editor .monaco-button").filter({ hasText: /^Trust$/ }).first().click();
}
