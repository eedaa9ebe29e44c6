/** Numbers as people type them: `1,234.5`, `1 234,5`, `¥1,234`, full-width digits. Undefined for anything else. */
export function parseNumber(typed: string): number | undefined {
	let text = typed.normalize('NFKC').replace(/[\s\u00a0'’_]|^\p{Sc}|\p{Sc}$/gu, '');
	const lastComma = text.lastIndexOf(',');
	const lastPoint = text.lastIndexOf('.');
	// The later of the two separators is the decimal one; a lone comma is, unless exactly three digits follow it.
	const decimalComma =
		lastComma > lastPoint && (lastPoint >= 0 || !/^[+-]?\d{1,3}(,\d{3})+$/.test(text));
	text = decimalComma ? text.replaceAll('.', '').replace(',', '.') : text.replaceAll(',', '');
	return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : undefined;
}
