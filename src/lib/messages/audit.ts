/** The audit trail in words: who did what, whether it counted, and whether all of it verifies. */
import type { Bilingual } from '#core/bilingual.ts';
import { inside, oneOf } from './english.ts';
import { counted } from './plural.ts';

export const audit = {
	title: { en: 'Audit trail', zh: '审计记录' },
	open: {
		en: 'Audit trail: who did what, and does it verify',
		zh: '审计记录：谁做了什么，是否可验证',
	},
	intro: {
		en: 'Every change and every act about people, as signed by the device that made it: nothing can be altered or slipped out unseen. Changes whose content was erased, or long superseded and folded together, are counted below and no longer listed.',
		zh: '每项修改和成员操作均由所在设备签名，任何篡改或抽除都会被发现。内容已彻底删除或早被取代而合并的修改，只在下方计数，不再列出。',
	},
	person: { en: 'By', zh: '操作者' },
	everybody: { en: 'Everybody', zh: '所有人' },
	none: { en: 'Nothing here yet', zh: '暂无记录' },
	older: { en: 'Show older', zh: '显示更早' },
	received: (moment: string) => ({ en: `arrived ${inside(moment)}`, zh: `${moment} 收到` }),
	refused: { en: 'did not count', zh: '未生效' },
	/** A verb of a newer version. */
	other: (verb: string) => ({ en: `did “${verb}”`, zh: `执行“${verb}”` }),
	what: (label: Bilingual, plural: Bilingual, n: number): Bilingual =>
		counted(n, {
			one: `# ${label.en.toLowerCase()}`,
			other: `# ${plural.en.toLowerCase()}`,
			zh: `# 条${label.zh}`,
		}),
	things: (n: number) => counted(n, { one: '# record', other: '# records', zh: '# 条记录' }),
	lateEdits: (n: number) =>
		counted(n, { one: '# late edit', other: '# late edits', zh: '# 项迟到的修改' }),

	verify: { en: 'Verify', zh: '验证' },
	verifyTitle: { en: 'Is all of it genuine?', zh: '全部真实吗？' },
	verifyText: {
		en: 'Checks every signature, every link of every chain and every body again, here on this device.',
		zh: '在本设备上重新检查每个签名、每条链的衔接和每份内容。',
	},
	verifying: { en: 'Checking', zh: '正在验证' },
	ofEntries: (done: string, total: string) => ({
		en: `${done} of ${total} entries`,
		zh: `${done} / ${total} 条`,
	}),
	cancelled: { en: 'The check was stopped before its end.', zh: '验证已中途停止。' },
	good: (n: number) =>
		counted(n, {
			one: '# entry checked: it is genuine and complete.',
			other: '# entries checked: all are genuine and complete.',
			zh: '已检查 # 条，全部真实完整。',
		}),
	/** Some without their contents. */
	genuine: (n: number) =>
		counted(n, {
			one: '# entry checked: it is genuine.',
			other: '# entries checked: all are genuine.',
			zh: '已检查 # 条，全部真实。',
		}),
	dropped: (n: number) =>
		counted(n, {
			one: 'The content of # was ended by its writer, superseded or erased; its signature stands.',
			other:
				'The contents of # were ended by their writers, superseded or erased; their signatures stand.',
			zh: '其中 # 条的内容已由写入者终止（被取代或彻底删除），签名仍有效。',
		}),
	awaited: (n: number) =>
		counted(n, {
			one: 'The content of # is not here: it has not arrived, or was damaged. It is fetched when somebody who has it is online.',
			other:
				'The contents of # are not here: they have not arrived, or were damaged. They are fetched when somebody who has them is online.',
			zh: '其中 # 条的内容不在本机（尚未收到或已损坏），持有者上线后会获取。',
		}),
	leftOut: (n: number) =>
		counted(n, {
			one: 'The content of # is from before the months that this device keeps; others hold it.',
			other:
				'The contents of # are from before the months that this device keeps; others hold them.',
			zh: '其中 # 条的内容早于本机保留的月份，由其他设备保存。',
		}),
	bad: (n: number) =>
		counted(n, {
			one: '# entry does not verify. It is damaged here; it is fetched again from a colleague’s device when one is online.',
			other:
				'# entries do not verify. They are damaged here; they are fetched again from a colleague’s device when one is online.',
			zh: '# 条未通过验证：在本机已损坏，有同事在线时会重新获取。',
		}),
	missing: (names: string) => ({
		en: `An owner has seen more from these devices than is here: ${names}. It arrives when somebody who has it is online.`,
		zh: `所有者见过的以下设备内容多于本机：${names}。持有者上线后会补齐。`,
	}),
};

/** Data verbs take what they were done to; acts about people stand alone. */
export const verbs: Readonly<Record<string, Bilingual>> = {
	create: { en: 'added', zh: '新增' },
	update: { en: 'changed', zh: '修改' },
	remove: { en: 'deleted', zh: '删除' },
	restore: { en: 'restored', zh: '恢复' },
	import: { en: 'imported', zh: '导入' },
	revert: { en: 'took back from an import', zh: '撤回导入' },
	reauthor: { en: 'wrote again', zh: '重新写入' },
	rewrite: { en: 'changed what it had said before, in', zh: '改写了以前写入的内容：' },
};

export const acts: Readonly<Record<string, Bilingual>> = {
	genesis: { en: 'founded the workspace', zh: '创建了工作区' },
	invite: { en: 'made an invitation', zh: '生成了邀请' },
	uninvite: { en: 'cancelled an invitation', zh: '取消了邀请' },
	join: { en: 'asked to join', zh: '申请加入' },
	approve: { en: 'let a device in', zh: '批准了一台设备' },
	role: { en: 'changed a role', zh: '更改了角色' },
	revoke: { en: 'removed devices', zh: '移除了设备' },
	leave: { en: 'left the workspace', zh: '退出了工作区' },
	succeed: { en: 'went on as a new device', zh: '以新设备继续' },
	recover: { en: 'came back with the recovery key', zh: '使用恢复密钥返回' },
	rotate: { en: 'changed the key', zh: '更换了密钥' },
	keys: { en: 'gave a device the key', zh: '向设备提供了密钥' },
	fork: { en: 'proved that a profile was copied', zh: '证明某资料被复制' },
	erase: { en: 'erased records for good', zh: '彻底删除了记录' },
	erased: { en: 'confirmed an erasure', zh: '确认已彻底删除' },
	takeover: { en: 'took over what a removed device had written', zh: '接管了已移除设备的内容' },
	settle: { en: 'decided about late edits', zh: '处理了迟到的修改' },
	checkpoint: { en: 'signed a checkpoint', zh: '签署了检查点' },
	policy: { en: 'changed a setting for everybody', zh: '更改了共用设置' },
};

/** Where an act says whom or what it was about. `who`: persons with their devices. */
export interface Told {
	readonly who: string;
	readonly role: Bilingual;
	readonly own: boolean;
	readonly name: string;
	readonly records: number;
}

const invitation = ({ own, role }: Told): Bilingual =>
	own
		? { en: 'an invitation for a further device of the same person', zh: '本人另一台设备的邀请' }
		: { en: `an invitation for ${oneOf(role.en)}`, zh: `${role.zh}邀请` };

export const actsAbout: Readonly<Record<string, (told: Told) => Bilingual>> = {
	invite(told) {
		const { en, zh } = invitation(told);
		return { en: `made ${en}`, zh: `生成了${zh}` };
	},
	uninvite(told) {
		const { en, zh } = invitation(told);
		return { en: `cancelled ${en}`, zh: `取消了${zh}` };
	},
	join: ({ name }) => ({ en: `asked to join as “${name}”`, zh: `以“${name}”的名字申请加入` }),
	approve: ({ who }) => ({ en: `let ${who} in`, zh: `批准 ${who} 加入` }),
	role: ({ who, role }) => ({
		en: `made ${who} ${oneOf(role.en)}`,
		zh: `将 ${who} 设为${role.zh}`,
	}),
	revoke: ({ who }) => ({ en: `removed ${who}`, zh: `移除了 ${who}` }),
	succeed: ({ who }) => ({ en: `went on as a new device: ${who}`, zh: `以新设备继续：${who}` }),
	keys: ({ who }) => ({ en: `gave ${who} the key`, zh: `向 ${who} 提供了密钥` }),
	fork: ({ who }) => ({
		en: `proved that a profile was copied: ${who}`,
		zh: `证明资料被复制：${who}`,
	}),
	takeover: ({ who }) => ({
		en: `took over what ${who} had written`,
		zh: `接管了 ${who} 写下的内容`,
	}),
	settle: ({ who }) => ({
		en: `decided about late edits by ${who}`,
		zh: `处理了 ${who} 迟到的修改`,
	}),
	erase: ({ records }) =>
		counted(records, {
			one: 'erased # record for good',
			other: 'erased # records for good',
			zh: '彻底删除了 # 条记录',
		}),
	erased: ({ records }) =>
		counted(records, {
			one: 'confirmed the erasure of # record',
			other: 'confirmed the erasure of # records',
			zh: '确认已彻底删除 # 条记录',
		}),
};

export const history = {
	title: { en: 'History', zh: '历史' },
	show: { en: 'Show every change', zh: '显示所有更改' },
	added: { en: 'added this record', zh: '新增了此记录' },
	changed: { en: 'changed', zh: '修改了' },
	binned: { en: 'moved it to the bin', zh: '移入了回收站' },
	restored: { en: 'took it out of the bin', zh: '从回收站恢复' },
	none: {
		en: 'No change of this record is held in full here.',
		zh: '本机没有此记录的完整更改。',
	},
	was: { en: 'before', zh: '原为' },
	is: { en: 'then', zh: '改为' },
};

export const erase = {
	menu: { en: 'Erase for good…', zh: '彻底删除…' },
	title: (name: string) => ({ en: `Erase ${name} for good?`, zh: `彻底删除 ${name}？` }),
	what: [
		{
			en: 'Every device of the team deletes it: the record, what search knows of it, its history and the entries it came in.',
			zh: '团队的每台设备都会删除：记录、搜索内容、历史，以及承载它的条目。',
		},
		{
			en: 'A device that is offline erases when it returns. People shows who has not confirmed.',
			zh: '离线设备恢复上线时删除。“成员”页会显示谁尚未确认。',
		},
		{
			en: 'There is no way back, and no bin. Backup files made before still hold it; restored, it is erased again.',
			zh: '无法恢复，也不进回收站。此前的备份文件仍含有它；恢复备份时会再次删除。',
		},
		{
			en: 'A relay or a shared folder keeps, sealed, what was sent there before. Who has the keys of that time can read it until somebody empties it.',
			zh: '中继和共享文件夹会保留此前送达的加密内容；在清空之前，持有当时密钥的人仍能读取。',
		},
	],
	related: (n: number) =>
		counted(n, {
			one: 'Erase # activity or task about them as well',
			other: 'Erase # activities and tasks about them as well',
			zh: '同时删除与其相关的 # 条互动和任务',
		}),
	orders: {
		en: 'Orders stay, as the books require, without their customer. So does the name where somebody typed it into other records.',
		zh: '订单因记账需要会保留，但不再显示客户。他人手工写进其他记录的姓名也会保留。',
	},
	type: (name: string) => ({ en: `Type “${name}” to confirm`, zh: `输入“${name}”以确认` }),
	now: { en: 'Erase for good', zh: '彻底删除' },
	done: (name: string) => ({ en: `${name} was erased`, zh: `已彻底删除 ${name}` }),
};
