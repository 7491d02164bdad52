// CRC-32 of IEEE 802.3, which node:zlib has only in later versions.
const rows = Array.from({ length: 256 }, (_, i) => {
	let v = i;
	for (let bit = 0; bit < 8; bit++) v = (v & 1) ? (v >>> 1) ^ 0xedb88320 : v >>> 1;
	return v >>> 0;
});

export function crc32Of(text) {
	let v = 0xffffffff;
	for (const b of Buffer.from(text, 'latin1')) v = (v >>> 8) ^ rows[(v ^ b) & 255];
	return (v ^ 0xffffffff) >>> 0;
}
