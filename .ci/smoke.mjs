// Starts the program as a newcomer does, waits for the page's address, asks once, ends it, and wants exit code 0.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const bot = spawn(process.argv[2], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, DISCORD_TOKEN: "", DISCORD_TOKEN_FILE: "" } });
const deadline = setTimeout(() => fail("no answer within 30 seconds"), 30_000);
function fail(why) {
	console.error(why);
	bot.kill("SIGKILL");
	process.exit(1);
}

let page;
for await (const line of createInterface({ input: bot.stdout })) {
	console.log(line);
	if ((page = line.match(/http:\/\/\S+/)?.[0])) break;
}
if (!page) fail("the program named no address");

const call = async (path, body) => {
	const res = await fetch(`${page}/local/${path}`, body && { method: "POST", body: JSON.stringify(body) });
	if (!res.ok) fail(`${path}: ${res.status} ${await res.text()}`);
	return res.json();
};
// until asks again until there is something to return; the deadline ends it.
const until = async (ask) => {
	for (;;) {
		const found = await ask();
		if (found) return found;
		await new Promise((next) => setTimeout(next, 50));
	}
};

const state = await until(async () => {
	const state = await call("state?as=ana");
	return state.commands.some((c) => c.name === "ask") && state;
});
const channel = state.channels.find((c) => c.name === "questions").id;
await call("run", { as: "ana", channel, command: "ask", options: [{ name: "question", value: "Who signed the declaration?" }] });
const answer = await until(async () => (await call(`messages?as=ana&channel=${channel}`)).find((m) => m.content.includes("Vengu")));
console.log(answer.content.split("\n")[1]);

bot.kill("SIGTERM");
const [code, signal] = await once(bot, "exit");
clearTimeout(deadline);
if (code !== 0) fail(`ended with ${code ?? signal}, want 0`);
