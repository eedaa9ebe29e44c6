/** Short messages at the edge of the screen. A destructive act says so here and offers its undo. */
import { toast } from 'svelte-sonner';

interface Action {
	readonly label: string;
	readonly run: () => void;
}

/** Said and gone after five seconds; ten with an action. */
export function notify(message: string, action?: Action): void {
	toast(message, {
		duration: action ? 10_000 : 5_000,
		action: action && { label: action.label, onClick: action.run },
	});
}

export function notifyError(message: string, detail?: string): void {
	toast.error(message, { description: detail, duration: 10_000 });
}

/** Stays until the person acts. One at a time for each `id`. */
export function notifyLasting(id: string, message: string, action: Action): void {
	toast(message, {
		id,
		duration: Number.POSITIVE_INFINITY,
		dismissable: true,
		action: { label: action.label, onClick: action.run },
	});
}
