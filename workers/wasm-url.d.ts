/** Vite gives the address under which a file is served. */
declare module '*.wasm?url' {
	const url: string;
	export default url;
}
