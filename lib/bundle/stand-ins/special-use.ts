/**
 * In the place of imapflow's `special-use.js`: the names of Sent, Trash and their like in some fifty languages, by which
 * LIST says what a folder is for. A poll opens the folders that the settings name, whatever they are for.
 */
export function specialUse(): { flag: null } {
  return { flag: null };
}
