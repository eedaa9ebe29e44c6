/** Settings, and the limits that the product admits. */
export const settings = {
	appearance: { en: 'Appearance', zh: '外观' },
	theme: { en: 'Theme', zh: '主题' },
	language: { en: 'Language', zh: '语言' },
	workspace: { en: 'Workspace', zh: '工作区' },
	currency: { en: 'Currency', zh: '货币' },
	timeZone: { en: 'Time zone', zh: '时区' },
	created: { en: 'Created', zh: '创建时间' },
	switchTo: { en: 'Workspaces on this device', zh: '本设备上的工作区' },
	open: { en: 'Open', zh: '打开' },
	isOpen: { en: 'open now', zh: '当前' },
	newWorkspace: { en: 'Start another workspace', zh: '新建另一个工作区' },
	sample: { en: 'Sample data', zh: '示例数据' },
	sampleText: {
		en: 'A small shop’s customers and orders to try things with. Every sample record carries a tag. Orders: excerpt of Online Retail (Chen 2015, UCI, CC BY 4.0), days moved; people and notes are invented.',
		zh: '一家小店的客户与订单，供试用。每条示例记录都有标签。订单摘自 Online Retail（Chen 2015，UCI，CC BY 4.0），日期已平移；人物与记录为虚构。',
	},
	sampleLoad: { en: 'Add sample data', zh: '添加示例数据' },
	sampleRemove: { en: 'Remove sample data', zh: '移除示例数据' },
	storage: { en: 'Storage', zh: '存储' },
	storageUsed: (used: string) => ({ en: `${used} used on this device`, zh: `本设备已用 ${used}` }),
	keep: { en: 'Orders, calls and visits kept here', zh: '本机保留的订单、通话与拜访' },
	keepHint: {
		en: 'Customers and everything else are always kept whole. Older months stay with the other devices and come back when you choose more; a device that keeps less does not count as a full copy. What is here already stays.',
		zh: '客户等其他资料始终完整保留。较早的月份留在其他设备上，选择更多时会取回；保留较少的设备不算完整副本。本机已有的内容不会删除。',
	},
	keepAll: { en: 'All', zh: '全部' },
	keepMonths: (n: number) => ({ en: `Last ${n} months`, zh: `最近 ${n} 个月` }),
	keepSaved: { en: 'This device keeps it so from now on.', zh: '本机今后按此保留。' },
	about: { en: 'About', zh: '关于' },
	version: { en: 'Version', zh: '版本' },
	limits: { en: 'Honest limits', zh: '实话实说' },
	limitList: [
		{
			en: 'If no other device of the team is open, changes wait here until one is.',
			zh: '若团队没有其他设备在线，更改会在此等待。',
		},
		{
			en: 'Some networks keep devices apart; joining may need the same network or a relay.',
			zh: '有些网络会隔开设备；可能需要在同一网络或借助中继。',
		},
		{
			en: 'Removing a device protects what comes after. What it holds already can never be called back.',
			zh: '移除设备只能保护今后的数据；它已有的副本永远无法收回。',
		},
		{
			en: 'Reminders do not ring while the app is closed.',
			zh: '应用关闭时不会弹出提醒。',
		},
		{
			en: 'A browser can clear storage when space runs out. Protect it above, and keep a second device.',
			zh: '空间不足时浏览器可能清除数据。请开启保护，并保留第二台设备。',
		},
	],
	keys: { en: 'Keyboard shortcuts', zh: '键盘快捷键' },
};
