/** The team: who is here, inviting, admitting, and what sharing does and does not protect. */
import { inside, oneOf } from './english.ts';
import { counted } from './plural.ts';

export const people = {
	intro: {
		en: 'Everybody here holds the whole workspace on their own device. There is no server in between.',
		zh: '每位成员都在自己的设备上保存完整的工作区，中间没有服务器。',
	},
	waiting: { en: 'Waiting to be let in', zh: '等待批准' },
	waitingFor: (name: string) => ({ en: `${name} wants to join`, zh: `${name} 申请加入` }),
	waitingMany: (n: number) =>
		counted(n, {
			one: '# person wants to join',
			other: '# people want to join',
			zh: '# 人申请加入',
		}),
	look: { en: 'Look', zh: '查看' },
	somebody: { en: 'Somebody without a name', zh: '未填写姓名' },
	compare: {
		en: 'Ask them to read out the digits on their screen. Admit only when they are the same.',
		zh: '请对方读出屏幕上的数字，一致时再批准。',
	},
	code: { en: 'Code', zh: '验证码' },
	as: (role: string) => ({ en: `as ${role}`, zh: `角色：${role}` }),
	admit: { en: 'Admit', zh: '批准' },
	refuse: { en: 'Refuse', zh: '拒绝' },
	admitted: (name: string) => ({ en: `${name} is in`, zh: `${name} 已加入` }),
	refused: (name: string) => ({ en: `${name} was not let in`, zh: `已拒绝 ${name}` }),
	team: { en: 'Team', zh: '团队' },
	here: { en: 'here now', zh: '在线' },
	away: { en: 'not here', zh: '不在线' },
	thisDevice: { en: 'this device', zh: '本设备' },
	unnamed: { en: 'Unnamed device', zh: '未命名设备' },
	joined: (day: string) => ({
		en: `Joined ${inside(day)}`,
		zh: `${day} 加入`,
	}),
	at: (place: string) => ({ en: `looking at ${place}`, zh: `正在查看：${place}` }),
	aRecord: (label: { en: string; zh: string }) => ({
		en: oneOf(label.en),
		zh: `一条${label.zh}`,
	}),
	roles: {
		owner: { en: 'Owner', zh: '所有者' },
		editor: { en: 'Editor', zh: '编辑者' },
		viewer: { en: 'Viewer', zh: '查看者' },
	},
	data: { en: 'Where the data is', zh: '数据在哪里' },
	savedOn: (n: number) =>
		counted(n, {
			one: 'Saved here, and on # other device.',
			other: 'Saved here, and on # other devices.',
			zh: '已存本机，另有 # 台设备持有完整副本。',
		}),
	onlyHere: {
		en: 'Saved here only. A second device would keep it safe if this one is lost.',
		zh: '目前只保存在本机。若有第二台设备，本机丢失也不会丢数据。',
	},
	unsent: (n: number) =>
		counted(n, {
			one: '# change waits for another device to come by.',
			other: '# changes wait for another device to come by.',
			zh: '# 项更改等待其他设备上线后发送。',
		}),
	allSent: { en: 'Every change has reached another device.', zh: '所有更改都已送达其他设备。' },
	receiving: (percent: string) => ({
		en: `Receiving data: ${percent} %`,
		zh: `正在接收数据：${percent}%`,
	}),
	alone: { en: 'Nobody else is here right now.', zh: '目前没有其他设备在线。' },
	together: (n: number) =>
		counted(n, {
			one: 'Connected to # device right now.',
			other: 'Connected to # devices right now.',
			zh: '当前已连接 # 台设备。',
		}),
	invite: { en: 'Invite somebody', zh: '邀请成员' },
	ownersInvite: (role: string) => ({
		en: `You are here as ${role}. Only an owner can invite and admit people, so that the team always knows who let somebody in.`,
		zh: `您的角色是${role}。只有所有者可以邀请和批准成员，团队才始终清楚是谁放行的。`,
	}),
	role: { en: 'They will be', zh: '对方的角色' },
	uses: { en: 'For', zh: '可用于' },
	devices: (n: number) => counted(n, { one: '# device', other: '# devices', zh: '# 台设备' }),
	make: { en: 'Make a link', zh: '生成链接' },
	linkFor: (role: string) => ({ en: `Link for: ${role}`, zh: `${role}邀请链接` }),
	link: { en: 'Invitation link', zh: '邀请链接' },
	linkText: {
		en: 'Send it to them, or let them scan the code. You still admit each device yourself, so keep this app open.',
		zh: '发给对方，或让对方扫码。每台设备仍需您亲自批准，请保持应用打开。',
	},
	qr: { en: 'QR code of the invitation link', zh: '邀请链接的二维码' },
	send: { en: 'Share', zh: '分享' },
	shareTitle: (workspace: string) => ({
		en: `Join ${workspace} on Perennial`,
		zh: `加入长青工作区：${workspace}`,
	}),
	localOnly: {
		en: 'This address works on this computer only. To invite a phone, start with “npm start -- --lan” or host the app where both can reach it.',
		zh: '此地址只在本机有效。要邀请手机，请用“npm start -- --lan”启动，或部署到双方都能访问的地方。',
	},
	invites: { en: 'Open invitations', zh: '有效邀请' },
	invitesNone: { en: 'No invitation is open.', zh: '没有有效的邀请。' },
	inviteState: (left: number, day: string) => {
		const devices = counted(left, {
			one: 'for # more device',
			other: 'for # more devices',
			zh: '还可用于 # 台设备',
		});
		return { en: `${devices.en}, until ${day}`, zh: `${devices.zh}，有效期至 ${day}` };
	},
	showLink: { en: 'Show link', zh: '查看链接' },
	cancelInvite: { en: 'Cancel it', zh: '取消邀请' },
	inviteCancelled: { en: 'The invitation no longer works.', zh: '邀请已失效。' },
};
