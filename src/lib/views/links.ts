/** Links made from data. Only web, mail, phone and text message; everything else stays text. */

/** `https://…` for a web address with or without its scheme. */
export function webLink(text: string): string | undefined {
	const address = /^[a-z][a-z\d+.-]*:/i.test(text) ? text : `https://${text}`;
	if (!URL.canParse(address)) return undefined;
	const { protocol, href } = new URL(address);
	return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

const digits = (phone: string): string => phone.replace(/(?!^\+)\D/g, '');

export const telLink = (phone: string): string | undefined =>
	digits(phone) ? `tel:${digits(phone)}` : undefined;

export const smsLink = (phone: string): string | undefined =>
	digits(phone) ? `sms:${digits(phone)}` : undefined;

export const mailLink = (email: string): string | undefined =>
	/^[^\s@<>]+@[^\s@<>]+$/.test(email)
		? `mailto:${encodeURIComponent(email).replace('%40', '@')}`
		: undefined;
