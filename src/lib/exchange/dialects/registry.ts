/** Every dialect there is, the most particular first: the first that recognises a file reads it. A new one is a line here. */
import type { DialectModule } from './dialect.ts';
import { csv } from './csv.ts';
import { google } from './google.ts';
import { orders } from './orders.ts';
import { vcard } from './vcard.ts';

export const dialects: readonly DialectModule[] = [vcard, google, orders, csv];
