/** Store and forward: the relay and the shared folder. */
import type { Bilingual } from '#core/bilingual.ts';
import { counted } from './plural.ts';

export const relay = {
	title: { en: 'Relay', zh: '中继' },
	text: {
		en: 'A relay keeps sealed changes until the other devices come online. It cannot read them. Set it up on each device.',
		zh: '中继会保存加密后的更改，直到其他设备上线。它无法读取内容。请在每台设备上分别设置。',
	},
	urls: { en: 'Address', zh: '地址' },
	urlsHint: {
		en: 'Begins with wss://. If the relay has several nodes, one address per line.',
		zh: '以 wss:// 开头。若中继有多个节点，每行填一个地址。',
	},
	user: { en: 'User', zh: '用户名' },
	password: { en: 'Password', zh: '密码' },
	token: { en: 'Token', zh: '令牌' },
	login: { en: 'Sign-in', zh: '登录方式' },
	byPassword: { en: 'User and password', zh: '用户名和密码' },
	byToken: { en: 'Token', zh: '令牌' },
	test: { en: 'Test', zh: '测试' },
	save: { en: 'Save', zh: '保存' },
	tested: { en: 'The relay answers and is ready.', zh: '中继可用，已就绪。' },
	saved: { en: 'Relay saved.', zh: '中继已保存。' },
	forget: { en: 'Stop using it', zh: '停用' },
	check: { en: 'Check now', zh: '立即检查' },
	connecting: { en: 'Connecting…', zh: '正在连接…' },
	moving: { en: 'Exchanging changes…', zh: '正在交换更改…' },
	again: { en: 'It will be tried again.', zh: '稍后会自动重试。' },
	waiting: (where: Bilingual, n: number) =>
		counted(n, {
			one: `# change waits for the ${where.en}.`,
			other: `# changes wait for the ${where.en}.`,
			zh: `# 项更改等待送达${where.zh}。`,
		}),
	allThere: (where: Bilingual, time: string) => ({
		en: `Everything is in the ${where.en}. Last confirmed: ${time}.`,
		zh: `全部更改已在${where.zh}中。最近确认：${time}。`,
	}),
	bad: (n: number) =>
		counted(n, {
			one: '# package in there could not be read and was left out.',
			other: '# packages in there could not be read and were left out.',
			zh: '其中 # 个数据包无法读取，已跳过。',
		}),
	theRelay: { en: 'relay', zh: '中继' },
	theFolder: { en: 'folder', zh: '文件夹' },
	folder: { en: 'Shared folder', zh: '共享文件夹' },
	folderText: {
		en: 'A folder that several devices see (a network drive, or one that Syncthing or OneDrive keeps alike) carries sealed changes the same way.',
		zh: '多台设备都能访问的文件夹（网络硬盘，或由 Syncthing、OneDrive 同步的文件夹）也可以传递加密后的更改。',
	},
	folderMissing: {
		en: 'This browser cannot open folders. Chrome and Edge on a computer can.',
		zh: '此浏览器无法打开文件夹。电脑上的 Chrome 和 Edge 可以。',
	},
	folderChoose: { en: 'Choose a folder', zh: '选择文件夹' },
	folderOther: { en: 'Choose another', zh: '更换文件夹' },
	folderAllow: { en: 'Allow again', zh: '重新允许' },
};
