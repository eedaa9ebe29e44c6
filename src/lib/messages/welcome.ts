/** The first minute, Today, and joining a colleague's workspace. */
import { counted } from './plural.ts';

export const welcome = {
	title: { en: 'Customers, kept for years.', zh: '与客户，岁岁长青。' },
	text: {
		en: 'A CRM that lives on your own phones and laptops. It works without a network, merges everyone’s edits, and keeps what it knows on your devices.',
		zh: '住在您自己的手机和电脑里的客户管理系统。断网可用，多人修改自动合并，数据只留在你们的设备上。',
	},
	points: [
		{ en: 'Works offline, always', zh: '始终可离线使用' },
		{ en: 'Shared by a link, no server', zh: '一个链接即可共享，无需服务器' },
		{ en: 'Models run on your device', zh: '模型在本机运行' },
	],
	start: { en: 'Start a workspace', zh: '新建工作区' },
	name: { en: 'Workspace name', zh: '工作区名称' },
	nameHint: { en: 'Your team or shop', zh: '团队或店铺的名称' },
	yourName: { en: 'Your name', zh: '您的姓名' },
	yourNameHint: { en: 'How colleagues will see you', zh: '同事看到的称呼' },
	language: { en: 'Language', zh: '语言' },
	currency: { en: 'Currency', zh: '货币' },
	timeZone: { en: 'Time zone', zh: '时区' },
	begin: { en: 'Create workspace', zh: '创建工作区' },
	firstData: { en: 'First data', zh: '初始数据' },
	withSample: { en: 'Explore sample data', zh: '体验示例数据' },
	withSampleText: { en: 'Tagged, removable in one press', zh: '有标签，可一键移除' },
	withImport: { en: 'Import a file', zh: '导入文件' },
	withImportText: { en: 'CSV, vCard or orders', zh: 'CSV、vCard 或订单' },
	withNothing: { en: 'Start empty', zh: '从空白开始' },
	withNothingText: { en: 'Add records by hand', zh: '手动添加记录' },
	orJoin: { en: 'Colleague sent you a link?', zh: '同事发来了链接？' },
	join: { en: 'Join with a link', zh: '通过链接加入' },
	openExisting: { en: 'On this device', zh: '本设备上的工作区' },
};

export const today = {
	greetings: {
		morning: { en: 'Good morning', zh: '早上好' },
		afternoon: { en: 'Good afternoon', zh: '下午好' },
		evening: { en: 'Good evening', zh: '晚上好' },
	},
	due: { en: 'Due', zh: '待办' },
	overdue: { en: 'Overdue', zh: '已逾期' },
	nothingDue: {
		en: 'Nothing is due. A good day to call somebody.',
		zh: '没有待办。不妨给客户打个电话。',
	},
	recent: { en: 'Recent activity', zh: '最近动态' },
	nothingRecent: {
		en: 'What you log with a customer shows up here.',
		zh: '您记录的客户互动会显示在这里。',
	},
	all: { en: 'Show all', zh: '查看全部' },
	addTask: { en: 'Add task', zh: '添加任务' },
	openTasks: { en: 'Open tasks', zh: '未完成任务' },
	steps: { en: 'Three ways to begin', zh: '三种开始方式' },
	stepsText: { en: 'Your workspace is ready.', zh: '工作区已准备就绪。' },
	stepImport: { en: 'Bring your customers', zh: '导入客户' },
	stepImportText: {
		en: 'Drop a CSV, vCard or order file. The same file twice creates nothing.',
		zh: '拖入 CSV、vCard 或订单文件。重复导入不会产生重复记录。',
	},
	stepSample: { en: 'Explore sample data', zh: '体验示例数据' },
	stepSampleText: {
		en: 'A small shop’s customers and orders, removable in one press.',
		zh: '一家小店的客户与订单，可一键移除。',
	},
	stepContact: { en: 'Add a contact', zh: '添加联系人' },
	stepContactText: { en: 'A name and a phone number are enough.', zh: '姓名和电话就够了。' },
	sampleLoaded: (n: number) =>
		counted(n, {
			one: '# sample record added',
			other: '# sample records added',
			zh: '已添加 # 条示例记录',
		}),
	sampleRemoved: (n: number) =>
		counted(n, {
			one: '# sample record removed',
			other: '# sample records removed',
			zh: '已移除 # 条示例记录',
		}),
};

export const join = {
	title: { en: 'Join a workspace', zh: '加入工作区' },
	text: {
		en: 'Paste the link that a colleague sent you. Keep both devices open until everything has arrived.',
		zh: '粘贴同事发来的链接。在数据传完之前，请保持两台设备都打开。',
	},
	link: { en: 'Invitation link', zh: '邀请链接' },
	linkNeeded: { en: 'Paste the whole link first.', zh: '请先粘贴完整链接。' },
	yourName: { en: 'Your name', zh: '您的姓名' },
	ask: { en: 'Ask to join', zh: '申请加入' },
	searching: { en: 'Looking for the workspace', zh: '正在寻找工作区' },
	searchingText: {
		en: 'Somebody of the team must have Perennial open.',
		zh: '团队中需有人正打开长青。',
	},
	waiting: (workspace: string) => ({
		en: `Waiting to be admitted to ${workspace}`,
		zh: `等待 ${workspace} 批准`,
	}),
	waitingText: {
		en: 'The same six digits must stand on your colleague’s screen. If they differ, cancel.',
		zh: '同事屏幕上应显示同样的六位数字。若不一致，请取消。',
	},
	code: { en: 'Code', zh: '验证码' },
	receiving: { en: 'Receiving data', zh: '正在接收数据' },
	receivingText: {
		en: 'You can leave this page; it continues where it stopped.',
		zh: '可以离开此页，之后会从中断处继续。',
	},
	background: { en: 'Go on in the background', zh: '在后台继续' },
	refused: { en: 'You were not let in', zh: '未获批准' },
	joined: (workspace: string) => ({ en: `Welcome to ${workspace}`, zh: `欢迎加入 ${workspace}` }),
};
