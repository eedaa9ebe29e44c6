/** All words of the product in one place, by area. Words of entities and fields stand in the entity files. */
import { common } from './common.ts';
import { errors } from './errors.ts';
import * as insights from './insights.ts';
import { imports } from './import.ts';
import { list } from './list.ts';
import { network } from './network.ts';
import { pairing } from './pairing.ts';
import { people } from './people.ts';
import { record } from './record.ts';
import { relay } from './relay.ts';
import { safety } from './safety.ts';
import { settings } from './settings.ts';
import { shell, sync } from './shell.ts';
import { join, today, welcome } from './welcome.ts';

export const m = {
	common,
	errors,
	imports,
	insights,
	list,
	network,
	pairing,
	people,
	record,
	relay,
	safety,
	settings,
	shell,
	sync,
	join,
	today,
	welcome,
};
