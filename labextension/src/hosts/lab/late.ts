/** What is loaded when it is first needed, in a file of its own: the viewer, and what is drawn in the panel. */

export { act } from "./acting";
export { open } from "./opened";
export { show } from "./output";
export { drawPanel } from "./panel/index";
