/** First code of the app: an invitation leaves the address before anything is drawn, and bugs are said once. */
import type { HandleClientError } from '@sveltejs/kit';
import { catchInvitation } from '#views/invitation.ts';

catchInvitation();

export const handleError: HandleClientError = ({ error, status, message }) => {
	if (status !== 404) console.error(error);
	return { message };
};
