/** IndexedDB for tests in Node: the same API on fake-indexeddb, set up before anything opens a database. */
import 'fake-indexeddb/auto';
