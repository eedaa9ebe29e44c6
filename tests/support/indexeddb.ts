/** IndexedDB for tests in Node: the same API on fake-indexeddb. Import before anything that opens a database. */
import 'fake-indexeddb/auto';
