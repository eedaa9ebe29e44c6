/** Meeting points, ICE servers, and what this device talks to. */
import { counted } from './plural.ts';

export const network = {
	title: { en: 'Network', zh: '网络' },
	meetingPoints: { en: 'Meeting points', zh: '汇合点' },
	meetingText: {
		en: 'Where devices of the team find each other. A meeting point passes sealed greetings on; it sees addresses and times, never the content.',
		zh: '团队设备在此互相找到。汇合点只转发加密的问候，能看到地址和时间，看不到内容。',
	},
	ownOnly: {
		en: 'None chosen: the one at the app’s own address is tried.',
		zh: '尚未指定：将使用本应用地址上的汇合点。',
	},
	address: { en: 'Address of a meeting point', zh: '汇合点地址' },
	test: { en: 'Test', zh: '测试' },
	answers: { en: 'It answers.', zh: '有回应。' },
	silent: {
		en: 'No answer. Check the address, and that the meeting point is running.',
		zh: '没有回应。请检查地址，并确认汇合点正在运行。',
	},
	take: (address: string) => ({ en: `Remove ${address}`, zh: `移除 ${address}` }),
	ice: { en: 'STUN and TURN servers', zh: 'STUN 与 TURN 服务器' },
	iceText: {
		en: 'Between different networks, 15 to 25 % of connections need a TURN server, which passes the encrypted data on. In one network none is needed; by default none is used.',
		zh: '跨网络时，15% 到 25% 的连接需要 TURN 服务器转发加密数据。同一网络内不需要；默认不使用。',
	},
	iceNone: { en: 'None.', zh: '无。' },
	iceAddress: { en: 'Address of the server', zh: '服务器地址' },
	user: { en: 'User', zh: '用户名' },
	password: { en: 'Password', zh: '密码' },
	perDevice: {
		en: 'These choices are for this device. An invitation carries the first meeting point with it.',
		zh: '以上设置只对本设备有效。邀请链接会带上第一个汇合点。',
	},
	see: { en: 'See all network requests', zh: '查看全部网络请求' },
	requests: { en: 'Every network request since the start', zh: '启动以来的全部网络请求' },
	requestsText: {
		en: 'The page’s security policy lets it load from its own address only, and open WebSockets. It opens these to the meeting points below, and to the relay if you set one up; devices of the team are connected directly.',
		zh: '页面的安全策略只允许从自身地址加载内容和建立 WebSocket。后者只用于下列汇合点，以及您设置的中继；团队设备之间直接连接。',
	},
	foreign: {
		en: 'Something was asked of another address. That should not happen: an extension of the browser may be at work.',
		zh: '出现了发往其他地址的请求。这不应发生，可能是浏览器扩展所致。',
	},
	appFiles: { en: 'The app itself', zh: '应用文件' },
	blocked: { en: 'Not of this app', zh: '非本应用' },
	parts: { page: { en: 'page', zh: '页面' }, worker: { en: 'worker', zh: '后台' } },
	times: (n: number) => counted(n, { one: '# request', other: '# requests', zh: '# 次请求' }),
	lastAt: (time: string) => ({ en: `last at ${time}`, zh: `最近 ${time}` }),
	meetingPoint: { en: 'Meeting point', zh: '汇合点' },
	states: {
		connecting: { en: 'connecting', zh: '连接中' },
		open: { en: 'connected', zh: '已连接' },
		lost: { en: 'no answer', zh: '无回应' },
	},
	messages: (sent: string, received: string) => ({
		en: `${sent} messages sent, ${received} received`,
		zh: `已发 ${sent} 条，已收 ${received} 条`,
	}),
	devices: { en: 'Devices', zh: '设备' },
	device: { en: 'A device of the team', zh: '团队设备' },
	newcomer: { en: 'A newcomer with an invitation', zh: '持邀请的新成员' },
	none: { en: 'No other device is connected.', zh: '没有连接其他设备。' },
	byCode: { en: 'paired by code', zh: '用配对码连接' },
	ways: {
		host: { en: 'directly', zh: '直连' },
		srflx: { en: 'through a router', zh: '经路由器' },
		prflx: { en: 'through a router', zh: '经路由器' },
		relay: { en: 'through a TURN server', zh: '经 TURN 服务器' },
	},
	hidden: { en: 'address hidden by the browser', zh: '地址由浏览器隐藏' },
	serviceWorker: { en: 'Offline store (service worker)', zh: '离线存储（Service Worker）' },
	serviceWorkerText: {
		en: 'Answers with the stored app; asks only this address, for a newer version.',
		zh: '用已存的应用作答，只向本地址询问新版本。',
	},
};
