// Everything lives in the browser: one shell page answers every address.
export const ssr = false;
export const prerender = false;
