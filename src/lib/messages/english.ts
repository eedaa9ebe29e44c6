/** What English asks of words that are put into a sentence. */

/** "Today, 14:29" begins small inside of a sentence; "22 Nov" and "Mon" stay. */
export const inside = (day: string): string =>
	day.replace(/^(Today|Yesterday|Tomorrow)\b/, (word) => word.toLowerCase());

/** "an order", "a contact". */
export const oneOf = (label: string): string =>
	`${/^[aeiou]/i.test(label) ? 'an' : 'a'} ${label.toLowerCase()}`;
