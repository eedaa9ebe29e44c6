/** Bringing files in: choosing, checking what will come, watching, and what came of it. */
import { counted } from './plural.ts';

const progress = (en: string, zh: string) => ({ en, zh });

export const imports = {
	intro: {
		en: 'A file from a spreadsheet, an address book, another CRM or a shop system. The same file twice creates nothing, and every import can be taken back.',
		zh: '来自表格、通讯录、其他 CRM 或电商系统的文件。重复导入不会产生重复记录，每次导入都可以撤回。',
	},
	drop: { en: 'Choose a file, or drop it here', zh: '选择文件，或拖到此处' },
	dropHint: {
		en: 'CSV, TSV, vCard or order lines; also packed as .gz',
		zh: 'CSV、TSV、vCard 或订单明细；支持 .gz 压缩',
	},
	paste: { en: 'Paste text instead', zh: '改为粘贴文本' },
	pasteLabel: { en: 'Rows copied from a spreadsheet, or vCards', zh: '从表格复制的行，或 vCard' },
	pasteName: { en: 'Pasted text', zh: '粘贴的文本' },
	pasteGo: { en: 'Check the rows', zh: '查看' },
	reading: { en: 'Reading the file', zh: '正在读取文件' },
	another: { en: 'Choose another file', zh: '换一个文件' },
	readOnly: {
		en: 'You can view this workspace, not change it. Ask an owner to make you an editor, then import here.',
		zh: '您只能查看此工作区。请所有者将您设为编辑者后再导入。',
	},
	problem: { en: 'This file cannot come in yet', zh: '暂时无法导入此文件' },
	check: { en: 'Check what will come in', zh: '确认要导入的内容' },
	holds: { en: 'What the file holds', zh: '文件内容' },
	encoding: { en: 'Letters are written in', zh: '文字编码' },
	asTable: { en: 'a table', zh: '表格' },
	dialects: {
		csv: { en: 'A table', zh: '表格' },
		google: { en: 'Google Contacts', zh: 'Google 通讯录' },
		vcard: { en: 'vCards', zh: 'vCard 名片' },
		orders: { en: 'Order lines', zh: '订单明细' },
	},
	delimiters: {
		',': { en: 'parted by commas', zh: '以逗号分隔' },
		';': { en: 'parted by semicolons', zh: '以分号分隔' },
		'\t': { en: 'parted by tabs', zh: '以制表符分隔' },
		'|': { en: 'parted by bars', zh: '以竖线分隔' },
		' ': { en: 'parted by spaces', zh: '以空格分隔' },
	} as Readonly<Record<string, { en: string; zh: string }>>,
	encodings: {
		'utf-8': { en: 'Unicode (UTF-8)', zh: 'Unicode（UTF-8）' },
		gb18030: { en: 'Chinese (GBK, GB 18030)', zh: '简体中文（GBK、GB 18030）' },
		big5: { en: 'Chinese, traditional (Big5)', zh: '繁体中文（Big5）' },
		'windows-1252': { en: 'Western European (Windows)', zh: '西欧（Windows）' },
		'utf-16le': { en: 'Unicode (UTF-16)', zh: 'Unicode（UTF-16）' },
		'utf-16be': { en: 'Unicode (UTF-16, big-endian)', zh: 'Unicode（UTF-16，大端）' },
		shift_jis: { en: 'Japanese (Shift JIS)', zh: '日文（Shift JIS）' },
	} as Readonly<Record<string, { en: string; zh: string }>>,
	columns: { en: 'Columns', zh: '列' },
	columnsText: {
		en: 'Each column goes to the field beside it. What fits nowhere is kept with the record.',
		zh: '每一列写入旁边的字段。无处可放的内容会随记录保留。',
	},
	column: { en: 'Column', zh: '列' },
	examples: { en: 'Examples', zh: '示例' },
	goesTo: { en: 'Goes to', zh: '写入' },
	fieldFor: (column: string) => ({ en: `Field for ${column}`, zh: `“${column}”写入的字段` }),
	kept: { en: 'More from import', zh: '导入的其他内容' },
	keptInNotes: { en: 'Keep in the order’s notes', zh: '保留在订单备注' },
	leaveOut: { en: 'Leave out', zh: '不导入' },
	asRecognised: { en: 'As recognised', zh: '按识别结果' },
	roles: {
		customer: { en: 'Customer number', zh: '客户编号' },
		name: { en: 'Customer name', zh: '客户姓名' },
		email: { en: 'Customer e-mail', zh: '客户邮箱' },
		phone: { en: 'Customer phone', zh: '客户电话' },
		date: { en: 'Date', zh: '日期' },
		number: { en: 'Order number', zh: '订单号' },
		item: { en: 'Item', zh: '商品' },
		sku: { en: 'Item code', zh: '商品编码' },
		quantity: { en: 'Quantity', zh: '数量' },
		price: { en: 'Unit price', zh: '单价' },
		amount: { en: 'Line amount', zh: '金额' },
		currency: { en: 'Currency', zh: '币种' },
		country: { en: 'Country', zh: '国家' },
	} as Readonly<Record<string, { en: string; zh: string }>>,
	preview: { en: 'As they will be written', zh: '将写入的记录' },
	previewNone: {
		en: 'None of the first rows can come in. Check which field each column goes to.',
		zh: '前几行都无法导入。请检查各列对应的字段。',
	},
	previewFailed: (n: number) =>
		counted(n, {
			one: '# of the first rows will stay out',
			other: '# of the first rows will stay out',
			zh: '前几行中有 # 行不会导入',
		}),
	run: { en: 'Import', zh: '开始导入' },
	stages: {
		reading: progress('Reading the file', '正在读取文件'),
		matching: progress('Finding who is known already', '正在查找已有记录'),
		writing: progress('Writing', '正在写入'),
	},
	rows: (n: number) => counted(n, { one: '# row', other: '# rows', zh: '# 行' }),
	of: (done: string, total: string) => ({
		en: `${done} of ${total} records`,
		zh: `${done} / ${total} 条记录`,
	}),
	secondsLeft: (n: number) =>
		counted(n, {
			one: 'about # second left',
			other: 'about # seconds left',
			zh: '约剩 # 秒',
		}),
	minutesLeft: (n: number) =>
		counted(n, { one: 'about # minute left', other: 'about # minutes left', zh: '约剩 # 分钟' }),
	running: (name: string) => ({ en: `Importing ${name}`, zh: `正在导入 ${name}` }),
	leave: {
		en: 'You can go on working; this continues on every page while the app stays open.',
		zh: '您可以继续工作；只要应用开着，导入就会继续。',
	},
	cancelling: { en: 'Stopping after this batch', zh: '将在本批完成后停止' },
	show: { en: 'Show', zh: '查看' },
	done: (name: string) => ({ en: `${name} is in`, zh: `${name} 已导入` }),
	doneWith: (name: string, n: string) => ({
		en: `${name} is in; ${n} rows stayed out`,
		zh: `${name} 已导入，${n} 行未导入`,
	}),
	unchangedAll: {
		en: 'Everything in this file was here already. Nothing was changed.',
		zh: '文件中的内容均已存在，未作更改。',
	},
	stopped: { en: 'The import ended early', zh: '导入提前结束' },
	stoppedText: {
		en: 'What was written until then is in. Take it back, or import the same file again to go on.',
		zh: '此前写入的内容已保留。可以撤回，或再次导入同一文件以继续。',
	},
	cutOff: {
		en: 'The app was closed before the end. Take it back, or import the same file again to go on.',
		zh: '导入结束前应用被关闭。可以撤回，或再次导入同一文件以继续。',
	},
	entity: { en: 'Kind', zh: '类型' },
	created: { en: 'New', zh: '新建' },
	updated: { en: 'Updated', zh: '更新' },
	unchanged: { en: 'Unchanged', zh: '未变' },
	rowsRead: { en: 'Rows read', zh: '读取行数' },
	apart: {
		returns: (n: number) =>
			counted(n, {
				one: '# line is a return: kept as an order of its own, apart from sales.',
				other: '# lines are returns: kept as orders of their own, apart from sales.',
				zh: '# 行为退货：单独成单，不计入销售。',
			}),
		photos: (n: number) =>
			counted(n, {
				one: '# photo was left out.',
				other: '# photos were left out.',
				zh: '# 张照片未导入。',
			}),
		attachments: (n: number) =>
			counted(n, {
				one: '# attachment was left out.',
				other: '# attachments were left out.',
				zh: '# 个附件未导入。',
			}),
	} as Readonly<Record<string, (n: number) => { en: string; zh: string }>>,
	failed: (n: number) =>
		counted(n, { one: '# row stayed out', other: '# rows stayed out', zh: '# 行未导入' }),
	failedText: {
		en: 'Download them with their reasons, mend them, and import that file.',
		zh: '可连同原因一起下载，修改后再次导入。',
	},
	warnings: (n: number) =>
		counted(n, {
			one: '# row is in, with a value kept aside',
			other: '# rows are in, each with a value kept aside',
			zh: '# 行已导入，但有内容另存',
		}),
	firstOf: (shown: string, all: string) => ({
		en: `The first ${shown} of ${all} are listed; the download holds all.`,
		zh: `此处列出 ${all} 行中的前 ${shown} 行，下载文件包含全部。`,
	}),
	rowsGone: { en: 'The rows themselves are kept for 90 days.', zh: '各行内容只保留 90 天。' },
	showRows: { en: 'Show the rows', zh: '查看各行' },
	row: (n: string) => ({ en: `Row ${n}`, zh: `第 ${n} 行` }),
	allReasons: { en: 'All reasons', zh: '所有原因' },
	download: { en: 'Download these rows', zh: '下载这些行' },
	revert: { en: 'Take back', zh: '撤回' },
	revertTitle: (name: string) => ({
		en: `Take back the import of ${name}?`,
		zh: `撤回 ${name} 的导入？`,
	}),
	revertText: {
		en: 'Records it made go to the bin, and fields it changed get their former values. Whatever anybody has changed since stays.',
		zh: '它新建的记录移入回收站，它修改的字段恢复原值。之后有人改动过的内容会保留。',
	},
	reverting: { en: 'Taking the import back', zh: '正在撤回' },
	reverted: (removed: string, kept: number) => ({
		en:
			`${removed} records taken back` +
			(kept ? `; ${kept} kept because somebody changed them since.` : '.'),
		zh: `已撤回 ${removed} 条记录` + (kept ? `；${kept} 条因之后有改动而保留。` : '。'),
	}),
	history: { en: 'Imports made on this device', zh: '本设备的导入记录' },
	historyNone: {
		en: 'Imports that you make are listed here, and can be taken back.',
		zh: '您的导入会列在这里，可随时撤回。',
	},
	isReverted: { en: 'taken back', zh: '已撤回' },
	isStopped: { en: 'not complete', zh: '未完成' },
	openList: (plural: { en: string; zh: string }) => ({
		en: `Open ${plural.en.toLowerCase()}`,
		zh: `查看${plural.zh}`,
	}),
	startAnother: { en: 'Import another file', zh: '导入另一个文件' },
};
