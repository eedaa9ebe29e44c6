/** Lists of records. */
import { counted } from './plural.ts';

export const list = {
	filterAll: { en: 'All', zh: '全部' },
	search: (plural: { en: string; zh: string }) => ({
		en: `Search ${plural.en.toLowerCase()}`,
		zh: `搜索${plural.zh}`,
	}),
	select: (title: string) => ({ en: `Select ${title}`, zh: `选择${title}` }),
	selectAll: { en: 'Select all loaded', zh: '全选已加载' },
	selected: (n: number) => counted(n, { one: '# selected', other: '# selected', zh: '已选 # 条' }),
	deleted: (n: number) =>
		counted(n, { one: '# record deleted', other: '# records deleted', zh: '已删除 # 条记录' }),
	restored: (n: number) =>
		counted(n, { one: '# record restored', other: '# records restored', zh: '已恢复 # 条记录' }),
	found: (n: number) => counted(n, { one: '# shown', other: '# shown', zh: '显示 # 条' }),
	sortBy: { en: 'Sort by', zh: '排序' },
	ascending: { en: 'ascending', zh: '升序' },
	descending: { en: 'descending', zh: '降序' },
	emptyTitle: (plural: { en: string; zh: string }) => ({
		en: `No ${plural.en.toLowerCase()} yet`,
		zh: `还没有${plural.zh}`,
	}),
	emptyText: {
		en: 'Add the first one by hand, or bring them all from a file.',
		zh: '手动添加第一条，或从文件一次导入。',
	},
	importFile: { en: 'Import a file', zh: '导入文件' },
	noMatchTitle: { en: 'Nothing matches', zh: '没有符合的记录' },
	noMatchText: { en: 'Change the words or the filters.', zh: '请更换搜索词或筛选条件。' },
	clearFilters: { en: 'Clear search and filters', zh: '清除搜索和筛选' },
	loadingMore: { en: 'Loading more', zh: '正在加载更多' },
};
