/** Who has signed in, for the pages of both services. */
import { byId } from './dom.js';
import { body, call, signOut } from './http.js';

/**
 * Shows who has signed in, and lets them out.
 *
 * @returns {Promise<{subject: string, asked: boolean, roles: string[], shard: ?string, stno: ?number}>}
 */
export async function signedIn() {
  const me = await body(call('api/me'));
  byId('session').hidden = !me.asked;
  byId('me').textContent = me.subject;
  byId('sign-out').addEventListener('click', signOut);
  return me;
}
