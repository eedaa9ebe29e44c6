/** Time is handed in, so that simulations and tests decide what it is. Milliseconds since 1970, UTC. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

export const DAY = 86_400_000;
