/** All words of the product in one place, by area. Words of entities and fields stand in the entity files. */
import { acts, actsAbout, audit, erase, history, verbs } from './audit.ts';
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
import { team } from './team.ts';
import { join, today, welcome } from './welcome.ts';

export const m = {
	acts,
	actsAbout,
	audit,
	common,
	erase,
	errors,
	history,
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
	team,
	verbs,
	join,
	today,
	welcome,
};
