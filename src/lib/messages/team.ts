/** Rights given and taken away, former devices, what waits in quarantine, this device's own standing. */
import { inside } from './english.ts';
import { counted } from './plural.ts';

export const team = {
	/** Whoever looks, and who is not known, inside of a sentence and where one begins. */
	names: {
		inside: {
			you: { en: 'you', zh: '您' },
			stranger: { en: 'an unknown device', zh: '未知设备' },
		},
		begins: {
			you: { en: 'You', zh: '您' },
			stranger: { en: 'An unknown device', zh: '未知设备' },
		},
	},
	lastSeen: (moment: string) => ({ en: `last seen ${inside(moment)}`, zh: `最近在线 ${moment}` }),
	holdsAll: { en: 'holds everything', zh: '持有全部数据' },
	lacks: (n: number) =>
		counted(n, { one: '# change missing', other: '# changes missing', zh: '缺少 # 项更改' }),
	holdsUnknown: { en: 'has not confirmed anything yet', zh: '尚未确认任何数据' },
	device: (n: number) => ({ en: `Device ${n}`, zh: `设备 ${n}` }),
	actionsFor: (name: string) => ({ en: `Actions for ${name}`, zh: `${name}：更多操作` }),
	unreviewed: { en: 'let in without an owner', zh: '所有者不在时加入' },
	unreviewedText: {
		en: 'A colleague’s device let this one in while no owner was there. If nobody knows it, remove it.',
		zh: '所有者不在时，由同事的设备放行。若无人认识，请移除。',
	},
	changeRole: { en: 'Change role…', zh: '更改角色…' },
	removePerson: { en: 'Remove this person…', zh: '移除此人…' },
	removeDevice: (device: string) => ({ en: `Remove ${device}…`, zh: `移除${device}…` }),
	leave: { en: 'Leave with this device…', zh: '本设备退出…' },
	senior: {
		en: 'Became an owner before you, so you cannot change or remove this person.',
		zh: '此人比您更早成为所有者，您不能更改其角色或移除。',
	},
	seniorDevice: {
		en: 'An earlier device of yours cannot be removed from this one.',
		zh: '您较早的设备不能从本设备移除。',
	},
	ownersChange: {
		en: 'Only an owner can change roles and remove people.',
		zh: '只有所有者可以更改角色和移除成员。',
	},
	roleOf: (name: string) => ({ en: `What may ${name} do?`, zh: `${name} 可以做什么？` }),
	may: {
		owner: {
			en: 'Everything, and invites, admits and removes people. Owners can change those who became owners after them.',
			zh: '可做任何事，并可邀请、批准、移除成员。所有者可更改晚于自己成为所有者的人。',
		},
		editor: {
			en: 'Reads everything; adds, changes and deletes records; imports files.',
			zh: '可查看全部内容，新增、修改、删除记录，导入文件。',
		},
		viewer: {
			en: 'Reads everything and changes nothing. Every device refuses their edits.',
			zh: '可查看全部内容，不能更改。任何设备都会拒绝其修改。',
		},
	},
	roleLate: {
		en: 'What they wrote offline and have not sent will wait for an owner.',
		zh: '其离线时写下、尚未发出的内容，会等待所有者处理。',
	},
	roleChanged: (name: string, role: { en: string; zh: string }) => ({
		en: `${name} is now ${role.en.toLowerCase()}`,
		zh: `${name} 现在是${role.zh}`,
	}),
	removeTitle: (name: string) => ({ en: `Remove ${name}?`, zh: `移除 ${name}？` }),
	leaveTitle: { en: 'Leave this workspace?', zh: '退出此工作区？' },
	removeWhat: [
		{
			en: 'Nothing new arrives there from now on: the key changes for everybody else.',
			zh: '那里从此收不到新内容：其他人会换用新的密钥。',
		},
		{
			en: 'Edits made there offline and not yet sent do not count. They wait here, and an owner can write them again or let them go.',
			zh: '那里离线写下、尚未发出的修改不会生效，会在这里等待，所有者可重新写入或放弃。',
		},
		{
			en: 'A link that lets in without an owner closes with it, if the person came in by it or it was made there. Others in this list who came in by it stay.',
			zh: '若此人曾通过无需所有者的链接加入，或该链接由那台设备创建，链接会随之关闭。此列表中经它加入的其他人不受影响。',
		},
	],
	removeNot: {
		en: 'It cannot be undone for what was seen: copies on that device stay there. To come back, the person needs a new invitation.',
		zh: '已看到的内容无法收回：那台设备上的副本仍在。要回来需要新的邀请。',
	},
	leaveWhat: [
		{
			en: 'This device receives nothing new and its edits no longer count.',
			zh: '本设备不再收到新内容，其修改也不再生效。',
		},
		{
			en: 'What is here stays readable on this device. To come back you need a new invitation.',
			zh: '本机已有的内容仍可查看。要回来需要新的邀请。',
		},
	],
	leaveUnsent: (n: number) =>
		counted(n, {
			one: '# change here has reached no other device yet and would wait for an owner.',
			other: '# changes here have reached no other device yet and would wait for an owner.',
			zh: '这里有 # 项更改尚未送达其他设备，退出后将等待所有者处理。',
		}),
	leaveLast: {
		en: 'You are the only owner. Without one, nobody can be invited, admitted or removed. Make somebody an owner first.',
		zh: '您是唯一的所有者。没有所有者，就无法邀请、批准或移除任何人。请先指定另一位所有者。',
	},
	remove: { en: 'Remove', zh: '移除' },
	leaveNow: { en: 'Leave', zh: '退出' },
	removed: (name: string) => ({ en: `${name} was removed`, zh: `已移除 ${name}` }),
	left: { en: 'This device has left the workspace', zh: '本设备已退出工作区' },
	former: (n: number) =>
		counted(n, { one: 'Former devices (#)', other: 'Former devices (#)', zh: '以前的设备（#）' }),
	ended: {
		revoked: { en: 'removed, or left', zh: '已移除或退出' },
		forked: {
			en: 'stopped: its profile was copied, and two devices wrote as one',
			zh: '已停用：其资料被复制，两台设备以同一身份写入',
		},
		succeeded: {
			en: 'replaced by a new device, because its profile was copied or restored',
			zh: '资料被复制或恢复，已由新设备接替',
		},
	},

	quarantine: { en: 'Waiting for an owner', zh: '等待所有者处理' },
	quarantineText: {
		en: 'Written offline by devices that had lost the right to write by then. Nobody sees these edits until you decide.',
		zh: '这些修改是设备离线时写下的，当时已失去写入权限。在您决定之前，没有人能看到。',
	},
	late: (n: number, name: string) => {
		const edits = counted(n, { one: '# edit', other: '# edits', zh: '# 项修改' });
		return { en: `${edits.en} by ${name}`, zh: `${name} 的 ${edits.zh}` };
	},
	andMore: (n: number) => counted(n, { one: 'and # more', other: 'and # more', zh: '另有 # 条' }),
	writeAgain: { en: 'Write again in my name', zh: '以我的名义重新写入' },
	letGo: { en: 'Let go', zh: '放弃' },
	letGoTitle: { en: 'Let these edits go?', zh: '放弃这些修改？' },
	letGoText: {
		en: 'They will never count, on any device. They stay in the history as refused.',
		zh: '它们在任何设备上都不会生效，仅在审计记录中标为已拒绝。',
	},
	writtenAgain: (n: number) =>
		counted(n, {
			one: '# edit written again in your name',
			other: '# edits written again in your name',
			zh: '已以您的名义重新写入 # 项修改',
		}),
	letGone: { en: 'The edits were let go', zh: '已放弃这些修改' },

	forWhom: { en: 'Who joins', zh: '谁要加入' },
	somebody: { en: 'Somebody else', zh: '其他人' },
	ownDevice: { en: 'A device of my own', zh: '我的另一台设备' },
	addDevice: { en: 'Add a device', zh: '添加设备' },
	ownText: {
		en: 'A further device is yours and may do what you may. Admit it here, after comparing the digits.',
		zh: '新设备归您所有，权限与您相同。请在此核对数字后批准。',
	},
	anyColleague: { en: 'Any colleague may let them in', zh: '任何同事的设备都可放行' },
	anyColleagueText: {
		en: 'Works while no owner is there, for 72 hours. Owners see who came in, and the key changes as soon as one is online.',
		zh: '所有者不在时也可加入，72 小时内有效。所有者会看到谁加入了，并在上线后立即更换密钥。',
	},
	offlineLink: {
		en: 'Send it to them, or let them scan the code. Any device of the team that is online lets them in, so give this link to nobody else.',
		zh: '发给对方，或让对方扫码。任何在线的团队设备都会放行，请勿将链接给其他人。',
	},
	ownLink: {
		en: 'Open it on your other device, or scan the code there. Then admit it here.',
		zh: '在另一台设备上打开或扫码，然后在此批准。',
	},
	kindOffline: { en: 'without an owner', zh: '无需所有者' },

	erasures: { en: 'Erased for good', zh: '彻底删除' },
	erasuresText: {
		en: 'A device that is offline erases when it comes back. One that never comes back keeps what it has. In what a removed device wrote, an owner’s device erases.',
		zh: '离线的设备恢复上线时会删除；不再上线的设备会保留已有数据。已移除设备所写的内容由所有者的设备删除。',
	},
	erasedBy: (n: number, who: string, day: string) => {
		const records = counted(n, { one: '# record', other: '# records', zh: '# 条记录' });
		return { en: `${records.en}, by ${who}, ${inside(day)}`, zh: `${records.zh}，${who}，${day}` };
	},
	decideFirst: {
		en: 'First an owner must decide about late edits by:',
		zh: '须由所有者先处理以下设备迟到的修改：',
	},
	confirmedAll: { en: 'Erased on every device', zh: '所有设备均已删除' },
	confirmWaiting: (names: string) => ({
		en: `Not yet confirmed by: ${names}`,
		zh: `尚未确认：${names}`,
	}),

	endedTitle: {
		en: 'You were removed from this workspace, or left it',
		zh: '您已被移出或退出此工作区',
	},
	endedText: {
		en: 'This device receives nothing new, and your edits since wait for an owner. What is here can still be read.',
		zh: '本设备不再收到新内容，之后的修改会等待所有者处理。已有内容仍可查看。',
	},
	copiedTitle: { en: 'This profile exists twice', zh: '此资料存在两份' },
	copiedText: {
		en: 'It was copied or restored, and both wrote. Close all tabs of Perennial and open it again: this device goes on as a new one, and nothing is lost.',
		zh: '它被复制或恢复过，且两份都有写入。请关闭长青的所有标签页后重新打开：本设备会作为新设备继续，数据不会丢失。',
	},
	clockAhead: (time: string) => ({
		en: `This device’s clock seems ${time} ahead of a colleague’s`,
		zh: `本设备的时钟似乎比同事的快 ${time}`,
	}),
	clockBehind: (time: string) => ({
		en: `This device’s clock seems ${time} behind a colleague’s`,
		zh: `本设备的时钟似乎比同事的慢 ${time}`,
	}),
	clockText: {
		en: 'Nothing is lost by it, but times and the order of edits look odd. Check the date and time in the settings of both devices.',
		zh: '数据不会因此丢失，但时间和修改顺序会显得奇怪。请检查两台设备的日期与时间设置。',
	},
	minutes: (n: number) => counted(n, { one: '# minute', other: '# minutes', zh: '# 分钟' }),
	hours: (n: number) => counted(n, { one: '# hour', other: '# hours', zh: '# 小时' }),
	days: (n: number) => counted(n, { one: '# day', other: '# days', zh: '# 天' }),
};
