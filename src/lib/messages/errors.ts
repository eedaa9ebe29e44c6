/** Every type of failure in words. A new type cannot ship without its sentence: the table is exhaustive. */
import type { Bilingual } from '#core/bilingual.ts';
import type { ErrorType } from '#core/result.ts';

export const errors: Readonly<Record<ErrorType, Bilingual>> = {
	Invalid: { en: 'Something needs correcting.', zh: '有内容需要更正。' },
	NotFound: { en: 'This record is not on this device.', zh: '此设备上没有这条记录。' },
	Refused: {
		en: 'There is too little data for an honest answer.',
		zh: '数据太少，无法给出可靠的答案。',
	},
	Forbidden: {
		en: 'Your role allows reading only. Ask the owner for editing rights.',
		zh: '您的角色只能查看。请向所有者申请编辑权限。',
	},
	BadLink: {
		en: 'This link is not complete or no longer valid. Ask for a new one.',
		zh: '链接不完整或已失效，请索取新的链接。',
	},
	Cancelled: { en: 'Cancelled. Nothing was changed.', zh: '已取消，未作任何更改。' },
	Unreadable: { en: 'This file could not be read.', zh: '无法读取此文件。' },
	Storage: {
		en: 'This device could not store it. Free some space and try again.',
		zh: '设备无法保存。请释放一些空间后重试。',
	},
	Locked: { en: 'The app is locked. Unlock it first.', zh: '应用已锁定，请先解锁。' },
	Busy: {
		en: 'Another tab is working on this. Try again in a moment.',
		zh: '另一个标签页正在处理，请稍后再试。',
	},
	Offline: {
		en: 'This needs a connection. Everything else keeps working.',
		zh: '此操作需要联网，其余功能不受影响。',
	},
	Timeout: {
		en: 'No answer yet. Check that the other device has Perennial open.',
		zh: '暂无回应。请确认对方设备已打开长青。',
	},
	Damaged: {
		en: 'This data does not verify and was left out.',
		zh: '数据校验未通过，已被排除。',
	},
};
