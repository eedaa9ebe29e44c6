/** Safety: the meter, the recovery kit, backups, restoring, the app lock, a device that will not store. */
import type { Bilingual } from '#core/bilingual.ts';
import type { StorageTrouble } from '#core/result.ts';
import { counted } from './plural.ts';

export const safety = {
	title: { en: 'How safe your data is', zh: '数据有多安全' },
	safe: {
		en: 'A lost or broken device would lose nothing.',
		zh: '即使这台设备丢失或损坏，数据也不会丢。',
	},
	unsafe: {
		en: 'If this device is lost, data is lost with it. A second device or a fresh backup helps, both are best.',
		zh: '如果这台设备丢失，数据会随之丢失。添加第二台设备或做一次备份，两样都有最好。',
	},
	half: {
		en: 'One safety net is up. A second one makes it hold.',
		zh: '已有一层保障，再加一层就稳妥了。',
	},
	copies: { en: 'Another device holds everything', zh: '另一台设备有完整副本' },
	backupFresh: { en: 'A checked backup, under 7 days old', zh: '7 天内有经过校验的备份' },
	kitSaved: { en: 'Recovery kit saved', zh: '恢复套件已保存' },
	kitElsewhere: {
		en: 'The recovery kit is kept by whoever founded this workspace',
		zh: '恢复套件由工作区创建者保管',
	},
	persisted: { en: 'The browser keeps this storage', zh: '浏览器会保留此存储' },
	installed: { en: 'Installed as an app', zh: '已安装为应用' },
	yes: { en: 'Yes', zh: '已做到' },
	notYet: { en: 'Not yet', zh: '尚未' },
	invite: { en: 'Add a device', zh: '添加设备' },
	saveKit: { en: 'Save the kit', zh: '保存套件' },

	backup: { en: 'Backup', zh: '备份' },
	backupText: {
		en: 'One encrypted file with everything that this device holds. Any device of this team opens it, and so do the recovery words. Keep it somewhere else than on this device.',
		zh: '一个加密文件，包含本设备上的全部数据。团队中的任何设备，或恢复词，都能打开。请存放在本设备以外的地方。',
	},
	lastBackup: (when: string): Bilingual => ({
		en: `Last backup: ${when}, read back and good.`,
		zh: `上次备份：${when}，已读回并校验。`,
	}),
	lastPartial: (when: string): Bilingual => ({
		en: `Last backup: ${when}, read back; it is not complete.`,
		zh: `上次备份：${when}，已读回校验，但并不完整。`,
	}),
	lacks: {
		en: 'It holds all that could be read here. Not in it, because this device cannot read it or has left it with others:',
		zh: '备份包含本机可读取的全部内容。以下内容因本机无法读取或留在其他设备上，不在其中：',
	},
	lacksOf: (who: string, n: number): Bilingual =>
		counted(n, {
			one: `${who}: # entry`,
			other: `${who}: # entries`,
			zh: `${who}：# 条`,
		}),
	noBackup: { en: 'There is no backup yet.', zh: '还没有备份。' },
	backupChip: (when: string): Bilingual => ({ en: `Backup: ${when}`, zh: `备份：${when}` }),
	chipNever: { en: 'No backup yet', zh: '尚无备份' },
	chipTitle: { en: 'Last backup', zh: '上次备份' },
	backUp: { en: 'Back up now', zh: '立即备份' },
	backingUp: { en: 'Writing the backup and reading it back', zh: '正在写入备份并读回校验' },
	backedUp: {
		en: 'Backed up. The file was read back and is good.',
		zh: '备份完成，文件已读回校验。',
	},
	backedUpPartly: {
		en: 'Backed up what can be read here. The file was read back; it is not complete.',
		zh: '已备份本机可读取的内容。文件已读回校验，但并不完整。',
	},
	share: { en: 'Share or send the file', zh: '分享或发送文件' },
	ready: {
		en: 'The backup is ready and was read back. Choose where it goes.',
		zh: '备份已就绪并通过校验，请选择保存位置。',
	},
	download: { en: 'Download', zh: '下载' },
	daily: { en: 'Every day into a folder', zh: '每天备份到文件夹' },
	dailyText: {
		en: 'While the app is open, one file for each day of the week. A folder that a cloud drive keeps in step is a good one; the file is encrypted.',
		zh: '应用打开时每天写入一份，按星期轮换。可选择由网盘同步的文件夹，文件本身已加密。',
	},
	chooseFolder: { en: 'Choose a folder', zh: '选择文件夹' },
	folderIs: (name: string): Bilingual => ({ en: `Folder: ${name}`, zh: `文件夹：${name}` }),
	stopDaily: { en: 'Stop', zh: '停止' },
	allowAgain: { en: 'Allow again', zh: '重新授权' },
	folderAsks: {
		en: 'The browser wants to be asked again before it writes there.',
		zh: '浏览器需要您再次授权才能写入该文件夹。',
	},
	nudge: (days: number): Bilingual =>
		counted(days, {
			one: 'The last backup is # day old.',
			other: 'The last backup is # days old.',
			zh: '距上次备份已有 # 天。',
		}),

	restore: { en: 'Restore or add from a file', zh: '从文件恢复或合并' },
	restoreText: {
		en: 'A backup, or changes that could not be saved. What is missing here is added; nothing here is replaced or removed.',
		zh: '可选备份，或未能保存的更改。只补充缺少的内容，不会覆盖或删除现有数据。',
	},
	chooseFile: { en: 'Choose a backup file', zh: '选择备份文件' },
	restoring: {
		en: 'Checking the file and adding what is missing',
		zh: '正在校验文件并补充缺少的内容',
	},
	added: (n: number): Bilingual =>
		n
			? counted(n, {
					one: '# change added.',
					other: '# changes added.',
					zh: '已补充 # 项更改。',
				})
			: { en: 'Everything in this file was here already.', zh: '文件中的内容这里都已有。' },
	restoreHere: { en: 'Restore a workspace', zh: '恢复工作区' },
	restoreHereText: {
		en: 'With a backup file and the twelve recovery words. This device gets keys of its own and joins as an owner.',
		zh: '需要备份文件和十二个恢复词。本设备会生成自己的密钥，并以所有者身份加入。',
	},
	orRestore: { en: 'Lost a device?', zh: '设备丢失了？' },
	restoreLink: { en: 'Restore from a backup', zh: '从备份恢复' },
	words: { en: 'Recovery words', zh: '恢复词' },
	wordsHint: {
		en: 'Twelve English words, in their order. Or choose the kit’s file below.',
		zh: '按顺序输入十二个英文单词，或在下方选择套件文件。',
	},
	kitFile: { en: 'Choose the kit’s file instead', zh: '改为选择套件文件' },
	kitChosen: { en: 'Kit chosen. It asks for its passphrase.', zh: '已选择套件，请输入其口令。' },
	restoreNow: { en: 'Restore', zh: '开始恢复' },
	restored: (name: string): Bilingual => ({
		en: `${name} is back on this device.`,
		zh: `“${name}”已恢复到本设备。`,
	}),
	fileNeeded: { en: 'Choose the backup file.', zh: '请选择备份文件。' },

	kit: { en: 'Recovery kit', zh: '恢复套件' },
	kitText: {
		en: 'Twelve words that bring this workspace back from a backup when every device is gone. They outrank every member, so keep them where only you reach them: on paper, or in a password manager.',
		zh: '当所有设备都不在了，用这十二个词和一份备份就能找回工作区。它们的权限高于任何成员，请写在纸上或存入密码管理器，只让自己拿得到。',
	},
	kitEnglish: {
		en: 'The words are English in every language of the app.',
		zh: '无论界面语言，恢复词都是这些英文单词，请照原样抄写。',
	},
	kitDone: {
		en: 'You have saved the kit, and this device has forgotten the words. Nobody can show them again.',
		zh: '套件已保存，本设备已删除这些词，无法再次显示。',
	},
	kitNotHere: {
		en: 'This device never had the words. Whoever founded the workspace keeps them.',
		zh: '本设备从未持有恢复词，由工作区创建者保管。',
	},
	kitOpen: { en: 'Open the recovery kit', zh: '打开恢复套件' },
	kitUnsaved: {
		en: 'Not saved yet. It takes two minutes and a pen.',
		zh: '尚未保存。只需两分钟和一支笔。',
	},
	showWords: { en: 'Show the words', zh: '显示恢复词' },
	showWarning: {
		en: 'Make sure that nobody looks over your shoulder and no camera sees the screen.',
		zh: '请确认旁边无人窥视，也没有摄像头拍到屏幕。',
	},
	stepKeep: { en: '1. Write them down or print them', zh: '第一步：抄写或打印' },
	stepFile: {
		en: 'Or keep them in a file, sealed with a passphrase',
		zh: '或存为文件，用口令加密',
	},
	print: { en: 'Print', zh: '打印' },
	kitPassphrase: { en: 'Passphrase for the file', zh: '文件口令' },
	passphraseHint: {
		en: 'At least 8 characters; four or five words are best.',
		zh: '至少 8 个字符，用四五个词最好。',
	},
	downloadKit: { en: 'Download the sealed kit', zh: '下载加密套件' },
	stepCheck: { en: '2. Enter three of them', zh: '第二步：输入其中三个' },
	wordNumber: (n: number): Bilingual => ({ en: `Word ${n}`, zh: `第 ${n} 个词` }),
	wrongWord: (n: number): Bilingual => ({
		en: `Word ${n} is another one. Look at your kit again.`,
		zh: `第 ${n} 个词不对，请再看看您的套件。`,
	}),
	confirm: { en: 'I have saved it', zh: '我已保存' },
	confirmText: {
		en: 'Then this device forgets the words for good.',
		zh: '确认后，本设备将永久删除这些词。',
	},

	lock: { en: 'App lock', zh: '应用锁' },
	lockText: {
		en: 'A passphrase seals the keys of this device. Without it nobody can write as you, open backups or read what comes in later. The lists and texts already here stay readable for somebody who takes the disk apart.',
		zh: '用口令加密本设备的密钥。没有口令，任何人都不能以您的身份写入、打开备份或读取之后收到的数据。但已在本机的列表和文本，拆下硬盘的人仍可能读取。',
	},
	lockNeedsKit: {
		en: 'Save the recovery kit first: without it a forgotten passphrase would lock you out for good.',
		zh: '请先保存恢复套件，否则忘记口令就再也进不来了。',
	},
	passphrase: { en: 'Passphrase', zh: '口令' },
	again: { en: 'The same again', zh: '再输一次' },
	notSame: { en: 'The two are not the same.', zh: '两次输入不一致。' },
	tooShort: { en: 'At least 8 characters.', zh: '至少 8 个字符。' },
	turnOn: { en: 'Turn the lock on', zh: '开启应用锁' },
	turnOff: { en: 'Turn the lock off', zh: '关闭应用锁' },
	lockOn: { en: 'The app lock is on.', zh: '应用锁已开启。' },
	lockNow: { en: 'Lock now', zh: '立即锁定' },
	lockChange: {
		en: 'Needed to turn the lock off or to add a passkey.',
		zh: '关闭应用锁或添加通行密钥时需要。',
	},
	idle: { en: 'Lock when unused for', zh: '无操作多久后锁定' },
	hidden: { en: 'Lock when out of sight for', zh: '离开页面多久后锁定' },
	minutes: (n: number): Bilingual =>
		counted(n, { one: '# minute', other: '# minutes', zh: '# 分钟' }),
	addPasskey: { en: 'Add a passkey', zh: '添加通行密钥' },
	passkeyAdded: { en: 'The passkey opens the lock from now on.', zh: '以后可用通行密钥解锁。' },
	withPasskey: { en: 'Unlock with the passkey', zh: '用通行密钥解锁' },
	locked: { en: 'Locked', zh: '已锁定' },
	lockedText: {
		en: 'Enter the passphrase to go on. It takes about a second to check.',
		zh: '输入口令以继续，校验约需一秒。',
	},
	unlock: { en: 'Unlock', zh: '解锁' },
	wrongPassphrase: { en: 'That is not the passphrase.', zh: '口令不正确。' },
	wait: (seconds: number): Bilingual =>
		counted(seconds, {
			one: 'Too many wrong ones. Wait # second, then try again.',
			other: 'Too many wrong ones. Wait # seconds, then try again.',
			zh: '错误次数过多，请等待 # 秒后再试。',
		}),
	forgotten: {
		en: 'Forgotten? Nobody can reset it. Another device of the team, or a backup with the recovery words on another device or browser profile, brings everything back.',
		zh: '忘记了？没有人能重置。可用团队的另一台设备，或在其他设备、浏览器配置中用备份和恢复词找回全部数据。',
	},

	storage: {
		full: {
			en: 'This device is full. What is saved is safe; nothing new can be saved until there is room.',
			zh: '设备空间已满。已保存的数据是安全的，腾出空间前无法保存新内容。',
		},
		closed: {
			en: 'The browser closed the storage, most often because the device is full. What is saved is safe.',
			zh: '浏览器关闭了存储，多半是设备空间已满。已保存的数据是安全的。',
		},
		silent: {
			en: 'The storage of this device does not answer. What is saved is safe.',
			zh: '设备存储没有响应。已保存的数据是安全的。',
		},
		blocked: {
			en: 'The browser does not let the app store anything.',
			zh: '浏览器不允许本应用存储数据。',
		},
		missing: { en: 'The stored data is gone.', zh: '存储的数据已不存在。' },
		corrupt: { en: 'The stored data cannot be read.', zh: '存储的数据无法读取。' },
		unknown: { en: 'The device did not store the change.', zh: '设备未能保存更改。' },
	} satisfies Record<StorageTrouble, Bilingual>,
	steps: {
		full: {
			en: 'Delete files, photos or apps that you no longer need, then try again. Do not close the app before that, or download what is unsaved first.',
			zh: '删除不再需要的文件、照片或应用，然后重试。在此之前请勿关闭应用，或先下载未保存的内容。',
		},
		closed: {
			en: 'Free some space, then try again, and do not close the app before that. If it does not help, download what is unsaved and reload the page.',
			zh: '腾出空间后重试，在此之前请勿关闭应用；若仍无效，请下载未保存的内容并重新加载页面。',
		},
		silent: {
			en: 'This goes away when it answers. If it stays, download what is unsaved, close the browser and open it again.',
			zh: '存储恢复响应后，此提示会自动消失。若一直不消失，请下载未保存的内容，关闭浏览器后重新打开。',
		},
		blocked: {
			en: 'Leave private browsing, allow site data for this address, and close other versions of the app.',
			zh: '退出无痕模式，允许本网址存储数据，并关闭其他版本的应用。',
		},
		missing: {
			en: 'Somebody or the browser has cleared it. Restore a backup, or join again.',
			zh: '可能被清除了。请从备份恢复，或重新加入。',
		},
		corrupt: {
			en: 'Reload. If that does not help, restore a backup.',
			zh: '重新加载；若仍无效，请从备份恢复。',
		},
		unknown: {
			en: 'Try again. If that does not help, reload the page.',
			zh: '请重试；若仍无效，请重新加载页面。',
		},
	} satisfies Record<StorageTrouble, Bilingual>,
	notKept: {
		en: 'This browser has not promised to keep your data. When space runs out it may clear all of it, so make room soon, or make a backup.',
		zh: '此浏览器未承诺保留您的数据，空间不足时可能全部清除。请尽快腾出空间，或做一次备份。',
	},
	unsaved: (n: number): Bilingual =>
		counted(n, {
			one: '# change is kept in memory, not saved.',
			other: '# changes are kept in memory, not saved.',
			zh: '有 # 项更改暂存在内存中，尚未保存。',
		}),
	downloadUnsaved: { en: 'Download unsaved', zh: '下载未保存内容' },
	tryAgain: { en: 'Try again', zh: '重试' },
	savedNow: { en: 'Everything is saved.', zh: '已全部保存。' },
	cannotOpen: { en: 'Your workspace cannot be opened', zh: '无法打开工作区' },
	reload: { en: 'Reload', zh: '重新加载' },

	check: { en: 'Check of what is kept here', zh: '本机数据检查' },
	checkText: {
		en: 'Everything on this device is checked once a day and mended: damaged rows are made again from the rest, or fetched from another device.',
		zh: '本设备上的全部数据每天检查一次并修复：损坏的行会由其余数据重建，或从其他设备取回。',
	},
	checkNow: { en: 'Check and mend now', zh: '立即检查并修复' },
	checking: { en: 'Checking and mending', zh: '正在检查并修复' },
	checkStopped: {
		en: 'The check was stopped before its end. What was mended stays mended.',
		zh: '检查已中途停止，已修复的部分会保留。',
	},
	lastCheck: (when: string): Bilingual => ({
		en: `Last check: ${when}.`,
		zh: `上次检查：${when}。`,
	}),
	checkGood: { en: 'Everything was whole.', zh: '全部完好。' },
	checkDamaged: (n: number): Bilingual =>
		counted(n, {
			one: '# row was damaged.',
			other: '# rows were damaged.',
			zh: '发现 # 行损坏。',
		}),
	checkHealed: (n: number): Bilingual =>
		counted(n, {
			one: '# was mended here.',
			other: '# were mended here.',
			zh: '已在本机修复 # 行。',
		}),
	checkAwaited: (n: number): Bilingual =>
		counted(n, {
			one: '# is fetched from another device as soon as one that has it is online.',
			other: '# are fetched from other devices as soon as one that has them is online.',
			zh: '# 行将在有副本的设备上线后取回。',
		}),

	notProtected: { en: 'What is not protected', zh: '无法保护的情况' },
	notProtectedText: {
		en: 'Everything between your devices is encrypted and signed. Still, no product can do these things, and you should know them before customers’ data goes in.',
		zh: '设备之间的一切都经过加密和签名。但以下情况任何产品都做不到，请在录入客户数据前了解。',
	},
	notProtectedLink: { en: 'What is not protected', zh: '哪些情况无法保护' },
	groups: [
		{
			title: { en: 'People', zh: '人' },
			items: [
				{
					en: 'What somebody has already seen or copied stays with them, also after they leave.',
					zh: '别人已经看到或复制的内容，即使其离开也收不回来。',
				},
				{
					en: 'A bad owner: an owner can let anybody in and see everything. Choose owners with care.',
					zh: '不可靠的所有者：所有者能放任何人进来，也能看到一切，请谨慎选择。',
				},
				{
					en: 'Roles limit who may change things. They hide nothing inside one workspace: private data belongs in a workspace of its own.',
					zh: '角色只限制修改，不在工作区内隐藏数据。私密数据请放在单独的工作区。',
				},
				{
					en: 'Somebody you removed can still dispute what they wrote themselves. It then waits for an owner, who writes it again with one tap.',
					zh: '被移除的人仍可推翻自己写过的内容。这些内容会等待所有者处理，所有者一键即可重新写入。',
				},
			],
		},
		{
			title: { en: 'Devices', zh: '设备' },
			items: [
				{
					en: 'A lost, unlocked phone: whoever holds it can read what is on it.',
					zh: '丢失且未锁定的手机：拿到的人能看到上面的内容。',
				},
				{
					en: 'The tables that make lists and search fast, and the documents they are made from, lie on the disk as the browser stores them, also while the app lock is closed. Only the keys and the log are sealed. Encrypt the device itself: every phone does, most laptops can.',
					zh: '为了列表和搜索够快，数据表和文档按浏览器的方式存放在磁盘上，应用锁定时也是如此；加密的只有密钥和日志。请为设备本身开启加密：手机默认开启，多数电脑也支持。',
				},
				{
					en: 'What was deleted may remain on the disk until the browser and the drive write over it.',
					zh: '已删除的内容可能仍留在磁盘上，直到被覆盖。',
				},
				{
					en: 'A device that never comes online again never erases what it holds.',
					zh: '不再上线的设备永远不会清除它持有的数据。',
				},
				{
					en: 'That another device holds everything is its own word; nobody can prove what it really keeps. A backup is in your hands.',
					zh: '“另一台设备有完整副本”只是它自己的说法，无法证明它真的保留了。备份则在您自己手中。',
				},
				{
					en: 'Backups and files already exported. Whoever has the file and the recovery words has everything.',
					zh: '已导出的备份和文件。同时拿到文件和恢复词的人就拿到了一切。',
				},
				{
					en: 'Erased records in a relay or a shared folder: what was sent there before stays, sealed, and whoever has the keys of that time can read it. Empty it once every device has confirmed and holds everything; the devices fill it again, without what was erased.',
					zh: '中继或共享文件夹中已彻底删除的记录：此前送达的加密内容仍在，持有当时密钥的人能读取。待每台设备都已确认并持有全部数据后将其清空，设备会重新补齐，不含已删除的内容。',
				},
			],
		},
		{
			title: { en: 'Network and software', zh: '网络与软件' },
			items: [
				{
					en: 'Whoever controls the address that serves this app, or a library inside it, could serve a changed one.',
					zh: '控制本应用网址的人，或其中某个程序库的作者，可能提供被篡改的版本。',
				},
				{
					en: 'Meeting points and relays see addresses, sizes and times, never the content. Colleagues’ devices see each other’s network address.',
					zh: '汇合点和中继能看到网络地址、数据大小和时间，看不到内容；同事的设备之间能看到彼此的网络地址。',
				},
			],
		},
	],
};
