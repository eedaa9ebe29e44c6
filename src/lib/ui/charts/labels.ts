/** Names beside marks: each takes the first free side, so that names do not lie on each other or on another mark. */
export interface Mark {
	readonly x: number;
	readonly y: number;
	readonly r: number;
	readonly label: string;
}

export interface Placed {
	readonly x: number;
	readonly y: number;
	readonly anchor: 'start' | 'middle' | 'end';
}

interface Box {
	readonly left: number;
	readonly right: number;
	readonly top: number;
	readonly bottom: number;
}

const GAP = 6;
const HEIGHT = 14;
const WIDE = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u;

/** About how wide a text of 12 px is: near enough to keep names apart without measuring on a screen. */
export const textWidth = (text: string): number =>
	Array.from(text).reduce((width, char) => width + (WIDE.test(char) ? 12.5 : 7.2), 0);

const overlap = (a: Box, b: Box): number =>
	Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
	Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

/** In the order of `marks`; a later name gives way to an earlier one. All names stay within 0 and `width`. */
export function placeLabels(marks: readonly Mark[], width: number): Placed[] {
	const taken: Box[] = marks.map(({ x, y, r }) => ({
		left: x - r,
		right: x + r,
		top: y - r,
		bottom: y + r,
	}));
	return marks.map((mark, own) => {
		const { x, y, r } = mark;
		const w = textWidth(mark.label);
		const sides: (Placed & { readonly left: number })[] = [
			{ x: x + r + GAP, y: y + 4, anchor: 'start', left: x + r + GAP },
			{ x: x - r - GAP, y: y + 4, anchor: 'end', left: x - r - GAP - w },
			{ x, y: y - r - GAP, anchor: 'middle', left: x - w / 2 },
			{ x, y: y + r + HEIGHT, anchor: 'middle', left: x - w / 2 },
		];
		const boxes = sides.map(({ left, y: foot }): Box => ({
			left,
			right: left + w,
			top: foot - HEIGHT + 3,
			bottom: foot + 3,
		}));
		const cost = boxes.map(
			(box) =>
				taken.reduce((sum, other, i) => sum + (i === own ? 0 : overlap(box, other)), 0) +
				1000 * (Math.max(0, -box.left) + Math.max(0, box.right - width)),
		);
		const best = cost.indexOf(Math.min(...cost));
		taken.push(boxes[best]!);
		const { x: at, y: foot, anchor } = sides[best]!;
		return { x: at, y: foot, anchor };
	});
}
