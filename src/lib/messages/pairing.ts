/** Connecting two devices by codes, where no meeting point is. */
export const pairing = {
	title: { en: 'Connect by code', zh: '用配对码连接' },
	intro: {
		en: 'For when no meeting point can be reached: two devices show each other a code, and nothing else is needed. Also for somebody whose invitation finds nobody.',
		zh: '连不上汇合点时使用：两台设备互相展示配对码即可。对方持邀请却找不到人时，也用此方法。',
	},
	show: { en: 'Show a code', zh: '展示配对码' },
	take: { en: 'Scan or paste a code', zh: '扫描或粘贴配对码' },
	instead: { en: 'No answer? Connect by code', zh: '没有回应？改用配对码' },
	firstText: {
		en: 'On the other device, open People, choose “Scan or paste a code”, and take this one.',
		zh: '在另一台设备上打开“成员”，选择“扫描或粘贴配对码”，读取此码。',
	},
	thenText: {
		en: 'It then shows a code of its own. Take that here:',
		zh: '随后它会显示自己的配对码，请在此读取：',
	},
	answerText: {
		en: 'Now the other device must take this code. Keep this page open until it is connected.',
		zh: '请在对方设备上读取此码。连接成功之前请保持此页打开。',
	},
	code: { en: 'Code of this device', zh: '本设备的配对码' },
	qr: { en: 'QR code of this device', zh: '本设备的二维码' },
	other: { en: 'Code of the other device', zh: '对方设备的配对码' },
	making: { en: 'Making a code', zh: '正在生成配对码' },
	connecting: { en: 'Connecting', zh: '正在连接' },
	waiting: { en: 'Waiting for the other device', zh: '等待对方设备' },
	connected: { en: 'The two devices are connected.', zh: '两台设备已连接。' },
	again: { en: 'Start again', zh: '重新开始' },
	use: { en: 'Use this code', zh: '使用此码' },
	scan: { en: 'Scan with the camera', zh: '用摄像头扫描' },
	stopScan: { en: 'Stop the camera', zh: '关闭摄像头' },
	scanning: {
		en: 'Hold the other screen’s code before the camera',
		zh: '将对方屏幕上的码对准摄像头',
	},
	cameraRefused: {
		en: 'The camera was refused. Allow it in the browser’s settings for this site, or paste the code.',
		zh: '摄像头未获授权。请在浏览器的网站设置中允许，或粘贴配对码。',
	},
	cameraMissing: {
		en: 'No camera can be used here. Send the code as text and paste it.',
		zh: '此处没有可用的摄像头。请以文字发送配对码后粘贴。',
	},
	failed: { en: 'This code did not work', zh: '此码无效' },
};
