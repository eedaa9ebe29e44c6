/** What the models say: the Insights page, and the panel on a customer's page. */
import { counted } from './plural.ts';

/** The page as a whole. */
export const page = {
	text: {
		en: 'What your own orders and notes show, computed on this device. Every answer says what it rests on.',
		zh: '来自您自己的订单与记录，全部在本设备上计算。每个结果都说明依据。',
	},
	tabs: {
		segments: { en: 'Segments', zh: '分组' },
		value: { en: 'Value', zh: '价值' },
		rebuy: { en: 'Buys again', zh: '复购' },
		sentiment: { en: 'Sentiment', zh: '情绪' },
	},
	noOrders: { en: 'No orders yet', zh: '还没有订单' },
	noOrdersText: {
		en: 'Bring a file of orders (customer, date, item, quantity, price), or look around with sample data.',
		zh: '请导入订单文件（客户、日期、商品、数量、单价），或先用示例数据看一看。',
	},
	import: { en: 'Import orders', zh: '导入订单' },
	loadSample: { en: 'Load sample data', zh: '载入示例数据' },
	loadingSample: { en: 'Loading sample data', zh: '正在载入示例数据' },
	sampleCredit: {
		en: 'Sample orders: excerpt of Online Retail (Chen 2015, UCI, CC BY 4.0), days moved. People and notes are invented.',
		zh: '示例订单摘自 Online Retail（Chen 2015，UCI，CC BY 4.0），日期已平移；人物与记录均为虚构。',
	},
	computing: { en: 'Computing on this device', zh: '正在本设备上计算' },
	compute: { en: 'Compute', zh: '计算' },
	again: { en: 'Compute again', zh: '重新计算' },
	stopped: { en: 'Stopped. Nothing was computed.', zh: '已停止，没有结果。' },
	stale: {
		en: 'Orders have changed since this was computed.',
		zh: '计算之后订单有变动。',
	},
	refused: { en: 'Not enough for an honest answer', zh: '数据不足，不勉强作答' },
	needed: { en: 'Needed', zh: '需要' },
	got: { en: 'Here', zh: '现有' },
	tryCashFlows: { en: 'Use cash flows instead', zh: '改用现金流' },
	seeSegments: { en: 'See segments instead', zh: '改看分组' },
	table: { en: 'The numbers as a table', zh: '以表格查看数据' },
	customer: { en: 'Customer', zh: '客户' },
	customers: (n: number) => counted(n, { one: '# customer', other: '# customers', zh: '# 位客户' }),
	showMore: { en: 'Show more', zh: '显示更多' },
	shown: (n: number, of: number) => ({ en: `${n} of ${of}`, zh: `${n} / ${of}` }),
	days: (n: number) => counted(n, { one: '# day', other: '# days', zh: '# 天' }),
	daysAgo: (n: number) =>
		n === 0
			? { en: 'on the last day', zh: '最后一天' }
			: counted(n, { one: '# day ago', other: '# days ago', zh: '# 天前' }),
	orders: (n: number) => counted(n, { one: '# order', other: '# orders', zh: '# 单' }),
};

export const segments = {
	method: { en: 'How to group', zh: '分组方式' },
	rules: { en: 'Five named segments', zh: '五个命名分组' },
	kmeans: { en: 'K-means', zh: 'K 均值' },
	k: { en: 'Number of groups', zh: '组数' },
	list: { en: 'Segments', zh: '分组' },
	shareTitle: { en: 'Who brings the revenue', zh: '收入来自谁' },
	shareNote: {
		en: 'Share of customers, and share of revenue below it.',
		zh: '上为客户占比，下为收入占比。',
	},
	mapTitle: { en: 'Where the segments lie', zh: '各组位置' },
	mapNote: {
		en: 'The middle of each segment; the area is its revenue. Both axes are logarithmic.',
		zh: '每组的中心，面积为收入，两轴均为对数刻度。',
	},
	xRecency: { en: 'days since the last order →', zh: '距上次下单天数 →' },
	yFrequency: { en: '↑ orders', zh: '↑ 订单数' },
	segment: { en: 'Segment', zh: '分组' },
	size: { en: 'Customers', zh: '客户数' },
	ofCustomers: { en: 'of customers', zh: '占客户' },
	ofRevenue: { en: 'of revenue', zh: '占收入' },
	revenue: { en: 'Revenue', zh: '收入' },
	recency: { en: 'Last order', zh: '最近下单' },
	frequency: { en: 'Orders', zh: '订单数' },
	scores: { en: 'RFM', zh: 'RFM' },
	scoresHint: {
		en: 'Recency, frequency, revenue; 5 is best',
		zh: '近度、频度、金额，5 分最好',
	},
	centre: (orders: string, revenue: string, days: string) => ({
		en: `Typically ${orders} and ${revenue}; last order ${days} ago`,
		zh: `典型客户：${orders}，${revenue}，${days}前下过单`,
	}),
	playbook: { en: 'What to do', zh: '建议' },
	open: (name: string) => ({ en: `Customers in ${name}`, zh: `${name}的客户` }),
	inertia: { en: 'Within-group spread', zh: '组内离差' },
	silhouette: { en: 'Silhouette', zh: '轮廓系数' },
};

export const value = {
	method: { en: 'Method', zh: '方法' },
	bgnbd: { en: 'From purchases', zh: '由购买推算' },
	twcf: { en: 'Cash flow', zh: '现金流折现' },
	ev: { en: 'Expected value', zh: '期望价值' },
	bgnbdText: {
		en: 'BG/NBD says how often each customer will order, Gamma-Gamma how much; both learned from your orders.',
		zh: 'BG/NBD 推算每位客户的下单次数，Gamma-Gamma 推算单额，均由您的订单学得。',
	},
	twcfText: {
		en: 'TWCF: what expected cash flows are worth today, at a discount rate.',
		zh: 'TWCF：按折现率计算预期现金流的现值。',
	},
	evText: {
		en: 'EV: expected cash flows, each weighted by the chance that the customer is still there.',
		zh: 'EV：预期现金流按客户仍在的概率加权。',
	},
	horizon: { en: 'Look ahead', zh: '展望' },
	weeks: (n: number) => counted(n, { one: '# week', other: '# weeks', zh: '# 周' }),
	total: { en: 'Expected from all', zh: '全部客户预期' },
	totalOrders: { en: 'Expected orders', zh: '预期订单' },
	checked: { en: 'Checked on held-out weeks', zh: '留出周检验' },
	checkedText: (said: string, was: string) => ({
		en: `${said} orders said, ${was} happened`,
		zh: `预测 ${said} 单，实际 ${was} 单`,
	}),
	unchecked: { en: 'too little to check', zh: '数据不足以检验' },
	between: (low: string, high: string) => ({ en: `${low} to ${high}`, zh: `${low} 至 ${high}` }),
	interval: { en: '80 % interval', zh: '80% 区间' },
	topTitle: { en: 'Most valuable from here on', zh: '今后价值最高的客户' },
	topNote: (weeks: string) => ({
		en: `Expected revenue in ${weeks}; the line holds 80 % of simulated futures.`,
		zh: `未来 ${weeks}的预期收入；细线包含 80% 的模拟结果。`,
	}),
	all: { en: 'All customers by value', zh: '全部客户（按价值）' },
	expected: { en: 'Value', zh: '价值' },
	alive: { en: 'Still a customer', zh: '仍是客户' },
	expectedOrders: { en: 'Orders', zh: '订单' },
	rounded: {
		en: 'Rounded to two digits: more would promise too much.',
		zh: '保留两位有效数字，更多便是虚假精度。',
	},
	cashFlows: { en: 'Cash flow of each period', zh: '每期现金流' },
	cashFlowsHint: {
		en: 'Numbers with commas or spaces between them, the first period first.',
		zh: '以逗号或空格分隔，从第一期开始。',
	},
	cashFlowsBad: {
		en: 'Write numbers only, such as 500, 600, 700.',
		zh: '请只填数字，例如 500, 600, 700。',
	},
	rate: { en: 'Discount rate per period, %', zh: '每期折现率（%）' },
	rateBad: { en: 'A number over -99.', zh: '请填大于 -99 的数字。' },
	retention: { en: 'Retention per period, %', zh: '每期留存率（%）' },
	retentionBad: { en: 'A number from 0 to 100.', zh: '请填 0 到 100 之间的数字。' },
	result: { en: 'Value of the customer', zh: '客户价值' },
	period: { en: 'Period', zh: '期' },
	flow: { en: 'Cash flow', zh: '现金流' },
	factor: { en: 'Weight', zh: '权重' },
	counts: { en: 'Counts as', zh: '计入' },
};

export const rebuy = {
	text: {
		en: 'The chance that a customer orders again within 90 days, from a small neural network trained here on your own orders.',
		zh: '客户 90 天内再次下单的概率，由在本机用您的订单训练的小型神经网络给出。',
	},
	expected: { en: 'Expected to buy again', zh: '预计复购' },
	expectedNote: (n: string) => ({ en: `of ${n} customers`, zh: `共 ${n} 位客户` }),
	auc: { en: 'Ranks customers right (AUC)', zh: '排序能力（AUC）' },
	aucNote: (value: string) => ({
		en: `plain regression ${value}; guessing 0.50`,
		zh: `普通回归 ${value}；随机 0.50`,
	}),
	brier: { en: 'Error of the probabilities (Brier)', zh: '概率误差（Brier）' },
	brierNote: (value: string) => ({
		en: `plain regression ${value}; 0 is perfect`,
		zh: `普通回归 ${value}；0 为完美`,
	}),
	chartTitle: { en: 'Does 30 % mean 30 %?', zh: '说 30% 就是 30% 吗？' },
	chartNote: {
		en: 'Customers held back, grouped by what was said. Beside each point: how many.',
		zh: '留出的客户按预测概率分组，点旁为人数。',
	},
	said: { en: 'said →', zh: '预测 →' },
	happened: { en: '↑ happened', zh: '↑ 实际' },
	points: { en: 'happened, with 95 % interval', zh: '实际及 95% 区间' },
	line: { en: 'said and happened agree', zh: '预测与实际一致' },
	range: { en: 'Said', zh: '预测' },
	actual: { en: 'Happened', zh: '实际' },
	n: { en: 'Customers', zh: '客户数' },
	likely: { en: 'Most likely', zh: '最可能' },
	unlikely: { en: 'Least likely', zh: '最不可能' },
	order: { en: 'Order', zh: '排序' },
	chance: { en: 'Within 90 days', zh: '90 天内' },
	chanceShort: { en: 'Chance', zh: '概率' },
	why: { en: 'Why', zh: '原因' },
};

export const sentiment = {
	text: {
		en: 'What your notes, calls, e-mails and meetings sound like, in English and Chinese.',
		zh: '备注、电话、邮件与会面的语气，支持中英文。',
	},
	labels: {
		positive: { en: 'Positive', zh: '正面' },
		neutral: { en: 'Neutral', zh: '中性' },
		negative: { en: 'Negative', zh: '负面' },
	},
	reading: { en: 'Reading activities', zh: '正在阅读互动记录' },
	none: { en: 'No activities with words yet', zh: '还没有带文字的互动' },
	noneText: {
		en: 'Log a note or a call on a contact’s page; its tone shows up here.',
		zh: '在联系人页面记录备注或电话后，这里会显示其语气。',
	},
	newest: (n: number) =>
		counted(n, {
			one: 'The newest activity',
			other: 'The newest # activities',
			zh: '最近 # 条互动',
		}),
	unread: (n: number) =>
		counted(n, {
			one: '# text is in another language and was left out.',
			other: '# texts are in other languages and were left out.',
			zh: '# 条文本为其他语言，未计入。',
		}),
	monthTitle: { en: 'Tone by month', zh: '每月语气' },
	listTitle: { en: 'Activities', zh: '互动' },
	month: { en: 'Month', zh: '月份' },
	tryTitle: { en: 'Try a text', zh: '试一段文字' },
	tryLabel: { en: 'Text in English or Chinese', zh: '中文或英文文本' },
	tryPlaceholder: {
		en: 'The delivery was late, but the support was wonderful.',
		zh: '物流有点慢，但是客服态度特别好。',
	},
	score: { en: 'Score', zh: '得分' },
	because: { en: 'because of', zh: '依据' },
	scoreHint: { en: '−1 is bad, +1 is good', zh: '−1 最差，+1 最好' },
};

export const card = {
	title: { en: 'How this was made', zh: '结果的依据' },
	rests: { en: 'Rests on', zh: '数据' },
	period: { en: 'Period', zh: '时间范围' },
	computed: { en: 'Computed', zh: '计算时间' },
	engine: { en: 'Ran on', zh: '运行于' },
	engines: {
		float64: { en: 'this device, 64-bit', zh: '本设备，64 位' },
		webgl: { en: 'graphics chip (WebGL)', zh: '显卡（WebGL）' },
		wasm: { en: 'processor (WebAssembly)', zh: '处理器（WebAssembly）' },
		cpu: { en: 'processor', zh: '处理器' },
	},
	seed: { en: 'Seed', zh: '随机种子' },
	source: { en: 'Method', zh: '方法来源' },
	quality: { en: 'Held-out quality', zh: '留出检验' },
	noQuality: { en: 'Not measured', zh: '未测量' },
	baseline: (name: { en: string; zh: string }) => ({
		en: `Baseline: ${name.en}`,
		zh: `基准：${name.zh}`,
	}),
	heldOut: (n: number) =>
		counted(n, { one: 'on # held out', other: 'on # held out', zh: '留出 # 例' }),
	reasons: { en: 'Reasons and limits', zh: '说明与局限' },
};

export const customer = {
	title: { en: 'Insight', zh: '洞察' },
	segment: { en: 'Segment', zh: '分组' },
	value: { en: 'Value', zh: '价值' },
	valueNote: (weeks: string, low: string, high: string) => ({
		en: `expected in ${weeks}; 80 % between ${low} and ${high}`,
		zh: `未来 ${weeks}预期；80% 在 ${low} 至 ${high} 之间`,
	}),
	alive: (share: string) => ({
		en: `${share} likely to be a customer still`,
		zh: `${share} 的可能仍是客户`,
	}),
	noValue: { en: 'Not estimated', zh: '未估算' },
	rebuy: { en: 'Buys again in 90 days', zh: '90 天内复购' },
	notYet: { en: 'Not computed yet', zh: '尚未计算' },
	tone: { en: 'Tone', zh: '语气' },
	toneOf: (n: number) =>
		counted(n, { one: 'of # activity', other: 'of # activities', zh: '来自 # 条互动' }),
	noTone: { en: 'Nothing written down yet', zh: '还没有文字记录' },
	noOrders: { en: 'No orders by this customer yet', zh: '该客户还没有订单' },
	why: { en: 'Why', zh: '为什么' },
	rfm: (days: string, orders: string, revenue: string) => ({
		en: `Last order ${days} before the newest in the workspace, ${orders}, ${revenue} in all.`,
		zh: `距工作区最新订单 ${days}，共 ${orders}，合计 ${revenue}。`,
	}),
	scores: (r: number, f: number, m: number) => ({
		en: `Scores: recency ${r}, frequency ${f}, revenue ${m} (5 is the best fifth).`,
		zh: `评分：近度 ${r}，频度 ${f}，金额 ${m}（5 为最好的五分之一）。`,
	}),
	more: { en: 'All insights', zh: '全部洞察' },
};
