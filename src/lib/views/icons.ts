/** The icons that entities name. A name without a line here is shown as a circle, and the architecture tests say so. */
import type { Component } from 'svelte';
import Building2 from '@lucide/svelte/icons/building-2';
import Circle from '@lucide/svelte/icons/circle';
import ListChecks from '@lucide/svelte/icons/list-checks';
import MessagesSquare from '@lucide/svelte/icons/messages-square';
import Package from '@lucide/svelte/icons/package';
import ReceiptText from '@lucide/svelte/icons/receipt-text';
import Tag from '@lucide/svelte/icons/tag';
import Users from '@lucide/svelte/icons/users';

export type Icon = Component<{ size?: number; strokeWidth?: number }>;

const icons: Readonly<Record<string, Icon>> = {
	'building-2': Building2,
	'list-checks': ListChecks,
	'messages-square': MessagesSquare,
	package: Package,
	'receipt-text': ReceiptText,
	tag: Tag,
	users: Users,
};

export const iconNamed = (name: string): Icon => icons[name] ?? Circle;
