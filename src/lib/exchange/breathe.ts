/** Lets waiting messages (a press of Cancel) in between two stretches of work. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
