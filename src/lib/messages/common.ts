/** Words that every area uses. */
import { counted } from './plural.ts';

export const common = {
	product: { en: 'Perennial', zh: '长青' },
	save: { en: 'Save', zh: '保存' },
	saved: { en: 'Saved', zh: '已保存' },
	cancel: { en: 'Cancel', zh: '取消' },
	close: { en: 'Close', zh: '关闭' },
	remove: { en: 'Delete', zh: '删除' },
	undo: { en: 'Undo', zh: '撤销' },
	add: { en: 'Add', zh: '添加' },
	create: { en: 'New', zh: '新建' },
	back: { en: 'Back', zh: '返回' },
	more: { en: 'More', zh: '更多' },
	none: { en: 'None', zh: '无' },
	yes: { en: 'Yes', zh: '是' },
	no: { en: 'No', zh: '否' },
	search: { en: 'Search', zh: '搜索' },
	clear: { en: 'Clear', zh: '清除' },
	today: { en: 'Today', zh: '今天' },
	yesterday: { en: 'Yesterday', zh: '昨天' },
	tomorrow: { en: 'Tomorrow', zh: '明天' },
	loading: { en: 'Loading', zh: '加载中' },
	untitled: { en: 'Untitled', zh: '未命名' },
	mandatory: { en: 'required', zh: '必填' },
	optional: { en: 'optional', zh: '选填' },
	copy: { en: 'Copy', zh: '复制' },
	copied: { en: 'Copied', zh: '已复制' },
	required: (label: { en: string; zh: string }) => ({
		en: `${label.en} must be filled in.`,
		zh: `请填写${label.zh}。`,
	}),
	needs: (label: { en: string; zh: string }, need: { en: string; zh: string }) => ({
		en: `${label.en} needs ${need.en}.`,
		zh: `${label.zh}应为${need.zh}。`,
	}),
	records: (n: number) => counted(n, { one: '# record', other: '# records', zh: '# 条记录' }),
	newOf: (label: { en: string; zh: string }) => ({
		en: `New ${label.en.toLowerCase()}`,
		zh: `新建${label.zh}`,
	}),
};
