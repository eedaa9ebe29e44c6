/**
 * The sentences with which the data side explains a row or a file, in Chinese. It speaks English, because its sentences also
 * go into downloaded files and to scripts; one that is not in this list is shown as it is.
 */
import type { Bilingual } from '#core/bilingual.ts';
import { safetySentences } from './safety-reasons.ts';

const quantities: Readonly<Record<string, string>> = {
	quantity: '数量',
	price: '单价',
	amount: '金额',
	customer: '客户',
	date: '日期',
};
const inChinese = (word: string) => quantities[word] ?? word;

const orders: Readonly<Record<string, string>> = {
	'day/month/year': '日/月/年',
	'month/day/year': '月/日/年',
};

/** `$1` and so on stand for the parts of the sentence. */
const sentences: readonly (readonly [RegExp, string | ((...parts: string[]) => string)])[] = [
	[/^No customer stands in this line/, '此行没有客户，无法归属。'],
	[/^The date (".*") is not understood\.$/, '无法识别日期 $1。'],
	[/^The line has no date\.$/, '此行没有日期。'],
	[/^The line has no price\.$/, '此行没有价格。'],
	[/^(".*") is no currency code like EUR\.$/, '$1 不是 CNY 这样的货币代码。'],
	[
		/^The (\w+) (".*") is not a number\.$/,
		(role, text) => `${inChinese(role!)} ${text} 不是数字。`,
	],
	[/^The item name is longer/, '商品名称超过 500 个字符。'],
	[/^A quotation mark is opened/, '此行有引号未闭合。'],
	[
		/^The row has (\d+) cells where the header has (\d+)/,
		'此行有 $1 格，而表头为 $2 格：某个值里有未加引号的分隔符。',
	],
	[/^The row ends after (\d+) of (\d+) cells/, '此行只有 $1 格（共 $2 格），其余按空值处理。'],
	[/^Nothing in this row names/, '此行没有姓名、邮箱、电话或编号，无法识别是谁。'],
	[/^The file has no header row/, '文件没有表头：各列已编号并按内容识别，请检查对应关系。'],
	[
		/^Dates like (.+?) are read as (\S+?):/,
		(example, order) => `形如 ${example} 的日期按 ${orders[order!] ?? order} 读取。`,
	],
	[/^The file is empty/, '文件是空的。'],
	[/^The file holds no rows/, '文件中没有数据行。请选择至少有一行内容的文件。'],
	[/^The file holds more than 1 GB/, '文件超过 1 GB。请拆分后逐个导入。'],
	[/^This is a workbook or an archive/, '这是工作簿或压缩包。请另存为 CSV（UTF-8）后再导入。'],
	[/^This is a PDF/, '这是 PDF。请改为导出 CSV 或 vCard。'],
	[/^This file holds no text/, '文件中没有文本。请将数据导出为 CSV、TSV 或 vCard。'],
	[/^The file cannot be read/, '无法读取文件。请先复制到本设备再试。'],
	[/^The compressed file is damaged/, '压缩文件已损坏。请重新下载，或解压后导入其中的文件。'],
	[/^No columns were found/, '没有找到列。表格需要表头，并以逗号、分号或制表符分隔。'],
	[/^The first line has (\d+) columns/, '第一行有 $1 列，不像记录表格。请重新导出为 CSV。'],
	[
		/^Order lines need a customer, a date and a price/,
		'订单明细需要客户、日期和价格。请指明它们分别在哪一列。',
	],
	[/^This is no vCard file/, '这不是 vCard 文件。'],
	[/^Another import is running/, '另一个导入正在进行。请等待完成或先取消。'],
	[/^Only an owner can do this/, '只有所有者可以这样做，请联系其中一位。'],
	[/^An owner can only change people who became owners/, '所有者只能更改比自己晚成为所有者的人。'],
	[/^This would have no effect/, '这样做不会生效：本设备在此处的权限已有变化，请查看“成员”页。'],
	[
		/^What these edits change is not on this device/,
		'这些修改所针对的数据不在本设备上。如果这里的其他设备有，正在从其获取：请稍后再试。',
	],
	[/^Only records are erased for good/, '只能彻底删除记录：其中有一项不是记录。'],
	[
		/^A part is erased\. Erase again for the rest: (.*)$/,
		(why) => `已删除一部分，其余请再次删除：${reasonWords(why!).zh}`,
	],
	[/^There is no such person here/, '这里没有此人。'],
	[/^That device is no longer waiting/, '那台设备已不再等待，请让对方重新打开链接。'],
	[/^An invite is for 1 to 100 devices/, '一个邀请可供 1 至 100 台设备使用。'],
	[
		/^You can read this workspace but not change it/,
		'您可以查看此工作区，但不能修改。如需编辑，请联系所有者。',
	],
	[/^This device is already in that workspace/, '本设备已在该工作区中，请从列表打开。'],
	[/^The owner did not admit/, '所有者没有批准这台设备。'],
	[
		/^This invite (?:is unknown|was cancelled|has been used|has expired)/,
		'邀请已失效，请索取新的链接。',
	],
	[
		/^The relay does not accept this name/,
		'中继不再接受此用户名和密码。请向维护者索取后重新填写。',
	],
	[
		/^The relay does not allow (\S+) on (\S+)\./,
		'中继的权限不允许 $1 $2。维护者可参照 docs/relay.md。',
	],
	[
		/^Too few nodes of the relay/,
		'中继在线的节点太少，无法保留三份副本。请联系维护者启动所有节点。',
	],
	[/^The relay is full/, '中继空间已满。请联系维护者扩容；在此之前更改会在本机等待。'],
	[
		/^This is a NATS server, but JetStream/,
		'这是 NATS 服务器，但此账户未启用 JetStream。请联系维护者启用。',
	],
	[
		/^The relay answers, but keeps nothing now/,
		'中继有回应，但暂时无法保存；若一直如此，说明此账户未启用 JetStream。',
	],
	[/^The relay did not answer in time/, '中继未及时回应。'],
	[
		/^The relay refuses messages of this size/,
		'中继不接受这么大的消息，请联系维护者调高 max_payload。',
	],
	[/^This is no address of a relay/, '这不是中继地址。地址应以 wss:// 开头。'],
	[/^The relay cannot be reached now/, '暂时无法连接中继。'],
	[/^The browser wants to be asked again/, '使用此文件夹前，需要您再次允许。'],
	[/^The shared folder is not there/, '找不到共享文件夹。请连接硬盘，或重新选择。'],
	[/^The shared folder is full/, '共享文件夹空间已满。请释放空间；更改会在本机等待。'],
	[/^The shared folder cannot be used now/, '暂时无法使用共享文件夹。'],
	[/^This is not a pairing code/, '这不是配对码。请完整复制对方设备的配对码。'],
	[/^This is an invite link\. Open it/, '这是邀请链接，请在要加入的设备上打开。'],
	[/^This code was made by a newer version/, '此码由更新的版本生成。请刷新应用后重试。'],
	[/^This code is cut off or changed/, '此码不完整或已被改动。请重新扫描或完整复制。'],
	[/^This code is from another workspace/, '此码属于其他工作区，或其邀请在此已失效。'],
	[/^This is this device’s own code/, '这是本设备自己的码，请让对方设备读取。'],
	[/^This is an answer\./, '这是应答码，请在最先展示配对码的设备上读取。'],
	[
		/^This is a first code/,
		'这是第一个码，此处需要应答码。请让对方先读取本设备的码，再读取对方显示的码。',
	],
	[/^This answer belongs to an earlier code/, '此应答对应较早的码。请用新码重新开始。'],
	[/^These two devices are connected already/, '两台设备已经连接。'],
	[/^This device is connected to as many/, '本设备的连接数已满，请与其他设备配对。'],
	[/^This device could not make a connection/, '本设备无法建立连接，请先连上网络。'],
	[/^This device is offline\. Connect it/, '本设备离线，请先连上对方所在的网络。'],
	[
		/^The other device did not connect/,
		'对方设备未能连接。请让两台设备处于同一网络，或设置 TURN 服务器，再用新码重新开始。',
	],
	[
		/^The tab that keeps the connections/,
		'负责连接的标签页没有回应。请关闭此工作区的其他标签页后重试。',
	],
	[/^A meeting point’s address begins/, '汇合点地址应以 wss:// 开头（家中可用 ws://）。'],
	[/^This page is served over https/, '本页面使用 https，地址必须以 wss:// 开头。'],
	[/^An ICE server’s address looks/, '服务器地址形如 stun:host:3478 或 turn:host:3478。'],
	[/^A TURN server needs a user/, 'TURN 服务器需要用户名和密码。'],
	[/^.* (".*") is kept aside\.$/, '$1 不符合该字段的格式，已随记录另存。'],
	[/(.*): (".*") is not understood\.$/, '$1：无法识别 $2。'],
];

export function reasonWords(sentence: string): Bilingual {
	for (const [pattern, words] of [...safetySentences, ...sentences]) {
		const found = pattern.exec(sentence);
		if (!found) continue;
		const zh =
			typeof words === 'string'
				? words.replace(/\$(\d)/g, (_, n: string) => found[Number(n)] ?? '')
				: words(...found.slice(1));
		return { en: sentence, zh };
	}
	return { en: sentence, zh: sentence };
}
