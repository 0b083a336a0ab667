// Judges the local Discord with discord.js, a client that nobody here wrote.
//
//	node discordjs.mjs URL TOKEN
//
// prints a line for each check, "ok NAME" or "not ok NAME: why", and ends with 1 if one failed. rows.txt says what the
// checks are for. What people do goes through the routes of the page; what the bot does goes through discord.js alone.

import { once } from 'node:events';
import {
	ActionRowBuilder, ApplicationCommandOptionType, ApplicationCommandType, AttachmentBuilder, ButtonBuilder, ButtonStyle,
	Client, Events, GatewayIntentBits, LabelBuilder, MessageFlags, ModalBuilder, Partials, Routes, StringSelectMenuBuilder,
	TextInputBuilder, TextInputStyle,
} from 'discord.js';

const [url, token] = process.argv.slice(2);
const client = new Client({
	rest: { api: `${url}/api`, version: '10' },
	intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
	partials: [Partials.Channel, Partials.Message],
});
client.on(Events.Error, (e) => console.log(`# ${e.message}`));

// ---- What people do.

async function page(method, path, body) {
	const answer = await fetch(`${url}/local/${path}`, {
		method,
		headers: { 'Content-Type': 'application/json' },
		body: body && JSON.stringify(body),
	});
	const text = await answer.text();
	if (!answer.ok) throw new Error(`${method} /local/${path}: ${answer.status} ${text}`);
	return text && JSON.parse(text);
}

const person = (as) => ({
	say: (channel, content, more) => page('POST', 'say', { as, channel, content, ...more }),
	run: (channel, command, options = [], target) => page('POST', 'run', { as, channel, command, options, target }),
	suggest: (channel, command, options, focused) => page('POST', 'suggest', { as, channel, command, options, focused }),
	click: (message, custom_id, values) => page('POST', 'click', { as, message, custom_id, values }),
	submit: (interaction, fields) => page('POST', 'submit', { as, interaction, fields }),
	sees: (channel) => page('GET', `messages?as=${as}&channel=${channel}`),
	talk: () => page('POST', 'dm', { as }),
});
const [ana, boris, teuta] = ['ana', 'boris', 'teuta'].map(person);

// ---- How a check is made.

const patience = 10_000; // for what should come at once
let failed = false;

async function check(name, does) {
	try {
		await does();
		console.log(`ok ${name}`);
	} catch (e) {
		failed = true;
		console.log(`not ok ${name}: ${e.stack.replaceAll('\n', ' | ')}`);
	}
}

function same(what, have, want) {
	[have, want] = [have, want].map((v) => JSON.stringify(v));
	if (have !== want) throw new Error(`${what}: have ${have}, want ${want}`);
}

// arrives returns what discord.js makes of the event that an action leads to.
async function arrives(event, action) {
	const came = once(client, event, { signal: AbortSignal.timeout(patience) });
	const [[thing]] = await Promise.all([came, action()]);
	return thing;
}

const asked = (action) => arrives(Events.InteractionCreate, action);

async function refused(code, action) {
	let error;
	await action().catch((e) => { error = e; });
	same('code of the error', error?.code, code);
	return error;
}

const last = async (who, channel) => (await who.sees(channel)).at(-1);

// ---- The checks.

const text = (name, more) => ({ type: ApplicationCommandOptionType.String, name, description: `The ${name}`, ...more });
const commands = [
	{ name: 'echo', description: 'Say it again', integrationTypes: [0], contexts: [0, 1], options: [text('text', { required: true })] },
	{ name: 'pick', description: 'Pick one', options: [text('fruit', { required: true, autocomplete: true })] },
	{ name: 'panel', description: 'Show buttons and a menu', defaultMemberPermissions: 2048n },
	{ name: 'Ask about this', type: ApplicationCommandType.Message },
];

async function connecting() {
	await check('READY', async () => {
		await arrives(Events.ClientReady, () => client.login(token));
		same('name', client.user.username, 'trilat');
		same('application', client.application.id, client.user.id);
	});
	await check('GUILD_CREATE', async () => {
		const guild = client.guilds.cache.first();
		same('guild', guild.name, 'Adriatic Desk');
		same('members', guild.memberCount, 5);
		same('the bot may send', guild.members.me.permissionsIn(channel('general')).has('SendMessages'), true);
		same('members may send in #announcements', channel('announcements').permissionsFor(guild.roles.everyone).has('SendMessages'), false);
	});
}

const channel = (name) => client.channels.cache.find((c) => c.name === name);

async function registering() {
	await check('PUT commands', async () => {
		const first = await client.application.commands.set(commands);
		const again = await client.application.commands.set(commands);
		same('ids', [...again.keys()].sort(), [...first.keys()].sort());
		same('permissions', again.find((c) => c.name === 'panel').defaultMemberPermissions?.bitfield.toString(), '2048');
	});
	await check('GET commands', async () => {
		const list = await client.application.commands.fetch({ withLocalizations: true });
		same('names', list.map((c) => c.name).sort(), commands.map((c) => c.name).sort());
		const echo = list.find((c) => c.name === 'echo');
		same('equal to what was set', echo.equals(commands[0], true), true);
	});
	await check('POST, GET, PATCH, DELETE command', async () => {
		const made = await client.application.commands.create({ name: 'brief', description: 'For a while' });
		same('edited', (await made.edit({ description: 'Short' })).description, 'Short');
		same('fetched', (await client.application.commands.fetch(made.id, { force: true })).description, 'Short');
		await made.delete();
		await refused(10063, () => client.application.commands.fetch(made.id, { force: true }));
	});
	await check('commands of a guild', async () => {
		const guild = client.guilds.cache.first();
		const made = await guild.commands.set([{ name: 'here', description: 'Only here' }]);
		same('guild', made.first().guildId, guild.id);
		same('fetched', (await guild.commands.fetch()).map((c) => c.name), ['here']);
		await guild.commands.set([]);
	});
}

async function answering() {
	const general = channel('general');
	await check('callback with_response', async () => {
		const i = await asked(() => ana.run(general.id, 'echo', [{ name: 'text', value: 'good day' }]));
		const { resource } = await i.reply({ content: i.options.getString('text'), withResponse: true });
		same('message', resource.message.content, 'good day');
		same('seen by ana', (await last(ana, general.id)).content, 'good day');
		same('seen by the bot', (await general.messages.fetch(resource.message.id)).interactionMetadata.user.username, 'ana');
	});
	await check('private answers', async () => {
		const i = await asked(() => ana.run(general.id, 'echo', [{ name: 'text', value: 'between us' }]));
		await i.reply({ content: 'between us', flags: MessageFlags.Ephemeral });
		same('ana', (await last(ana, general.id)).content, 'between us');
		same('boris', (await boris.sees(general.id)).some((m) => m.content === 'between us'), false);
		same('history', (await general.messages.fetch()).some((m) => m.content === 'between us'), false);
	});
	await check('deferred answers', async () => {
		const i = await asked(() => ana.run(general.id, 'echo', [{ name: 'text', value: 'later' }]));
		await i.deferReply();
		same('loading', (await last(ana, general.id)).flags & MessageFlags.Loading, MessageFlags.Loading);
		const message = await i.editReply('later');
		same('loaded', message.flags.has(MessageFlags.Loading), false);
		same('seen', (await last(boris, general.id)).content, 'later');
	});
	await check('first follow-up edits the loading message', async () => {
		const i = await asked(() => ana.run(general.id, 'echo', [{ name: 'text', value: 'x' }]));
		await i.deferReply();
		const loading = await last(ana, general.id);
		const message = await i.followUp('edited by the first');
		same('id', message.id, loading.id);
		const second = await i.followUp('a message of its own');
		same('another', second.id === loading.id, false);
	});
	await check('@original', async () => {
		const i = await asked(() => ana.run(general.id, 'echo', [{ name: 'text', value: 'x' }]));
		await i.reply('first');
		same('fetched', (await i.fetchReply()).content, 'first');
		await i.editReply({ content: 'second', files: [new AttachmentBuilder(Buffer.from('# Brief'), { name: 'brief.md' })] });
		const seen = await last(ana, general.id);
		same('edited', [seen.content, seen.attachments[0].filename], ['second', 'brief.md']);
		const file = await fetch(new URL(seen.attachments[0].url, url));
		same('file', await file.text(), '# Brief');
		await i.deleteReply();
		same('deleted', (await ana.sees(general.id)).some((m) => m.id === seen.id), false);
	});
	await check('follow-ups', async () => {
		const i = await asked(() => ana.run(general.id, 'echo', [{ name: 'text', value: 'x' }]));
		await i.reply('first');
		const second = await i.followUp({ content: 'second', flags: MessageFlags.Ephemeral });
		same('private', second.flags.has(MessageFlags.Ephemeral), true);
		await i.editReply({ message: second.id, content: 'changed' });
		same('edited', (await i.fetchReply(second.id)).content, 'changed');
		await i.deleteReply(second.id);
		await refused(10008, () => i.fetchReply(second.id));
	});
	await check('autocomplete', async () => {
		let list;
		const i = await asked(async () => { list = ana.suggest(general.id, 'pick', [{ name: 'fruit', value: 'ap' }], 'fruit'); });
		list.catch(() => {}); // said below
		same('typed', [i.options.getFocused(true).name, i.options.getFocused()], ['fruit', 'ap']);
		await i.respond([{ name: 'Apple', value: 'apple' }, { name: 'Apricot', value: 'apricot' }]);
		same('offered', (await list).choices.map((c) => c.name), ['Apple', 'Apricot']);
	});
}

async function pressing() {
	const general = channel('general');
	const panel = async () => {
		const i = await asked(() => ana.run(general.id, 'panel'));
		const button = new ButtonBuilder().setCustomId('press').setLabel('Press').setStyle(ButtonStyle.Primary);
		const menu = new StringSelectMenuBuilder().setCustomId('choose').setPlaceholder('Choose').setMaxValues(2)
			.addOptions(['one', 'two', 'three'].map((n) => ({ label: n, value: n })));
		const { resource } = await i.reply({
			content: 'panel',
			components: [new ActionRowBuilder().addComponents(button), new ActionRowBuilder().addComponents(menu)],
			withResponse: true,
		});
		return resource.message;
	};
	await check('buttons', async () => {
		const message = await panel();
		const i = await asked(() => boris.click(message.id, 'press'));
		same('who, what, where', [i.user.username, i.customId, i.message.id], ['boris', 'press', message.id]);
		await i.update({ content: 'pressed', components: [] });
		same('updated', (await last(ana, general.id)).content, 'pressed');
	});
	await check('menus', async () => {
		const message = await panel();
		const i = await asked(() => ana.click(message.id, 'choose', ['one', 'three']));
		same('values', i.values, ['one', 'three']);
		await i.deferUpdate();
		await i.editReply({ content: i.values.join(' and '), components: [] });
		same('updated', (await last(ana, general.id)).content, 'one and three');
	});
	await check('forms', async () => {
		const message = await panel();
		const i = await asked(() => ana.click(message.id, 'press'));
		const field = new TextInputBuilder().setCustomId('what').setLabel('What').setStyle(TextInputStyle.Short);
		await i.showModal(new ModalBuilder().setCustomId('form').setTitle('Form')
			.addComponents(new ActionRowBuilder().addComponents(field)));
		const form = await asked(() => ana.submit(i.id, { what: 'this' }));
		same('field', form.fields.getTextInputValue('what'), 'this');
		same('from the message', form.message.id, message.id);
		await form.update({ content: 'filled in', components: [] });
		same('updated', (await last(ana, general.id)).content, 'filled in');
	});
	await check('forms with labels', async () => {
		const message = await panel();
		const i = await asked(() => ana.click(message.id, 'press'));
		const field = new TextInputBuilder().setCustomId('what').setStyle(TextInputStyle.Paragraph);
		await i.showModal(new ModalBuilder().setCustomId('form').setTitle('Form')
			.addLabelComponents(new LabelBuilder().setLabel('What').setTextInputComponent(field)));
		const form = await asked(() => ana.submit(i.id, { what: 'this' }));
		same('field', form.fields.getTextInputValue('what'), 'this');
		await form.reply({ content: 'thanks', flags: MessageFlags.Ephemeral });
	});
	await check('context menus', async () => {
		const said = await ana.say(general.id, 'look at this');
		const i = await asked(() => boris.run(general.id, 'Ask about this', [], said.id));
		same('target', [i.targetMessage.id, i.targetMessage.content], [said.id, 'look at this']);
		await i.reply({ content: 'looked', flags: MessageFlags.Ephemeral });
		same('boris', (await last(boris, general.id)).content, 'looked');
	});
}

async function talking() {
	const [questions, team] = [channel('questions'), channel('team')];
	await check('content only where the bot is meant', async () => {
		const plain = await arrives(Events.MessageCreate, () => ana.say(questions.id, 'among people'));
		same('plain', plain.content, '');
		const mention = await arrives(Events.MessageCreate, () => ana.say(questions.id, `<@${client.user.id}> good day`));
		same('mention', [mention.content, mention.mentions.has(client.user)], [`<@${client.user.id}> good day`, true]);
		same('member', mention.member.displayName, 'Ana');
	});
	await check('thread on a message', async () => {
		const message = await arrives(Events.MessageCreate, () => ana.say(questions.id, `<@${client.user.id}> who?`));
		const thread = await message.startThread({ name: 'Who?', autoArchiveDuration: 1440 });
		same('id', thread.id, message.id);
		same('flag', (await message.fetch()).flags.has(MessageFlags.HasThread), true);
		await thread.send('They did.');
		same('seen', (await last(ana, thread.id)).content, 'They did.');
		const again = () => client.rest.post(Routes.threads(questions.id, message.id), { body: { name: 'Again' } });
		await refused(160004, again);
	});
	await check('thread without a message', async () => {
		const thread = await questions.threads.create({ name: 'Loose', autoArchiveDuration: 60 });
		await thread.join();
		const { threads } = await client.guilds.cache.first().channels.fetchActiveThreads();
		same('active', threads.has(thread.id), true);
	});
	await check('replies and pings', async () => {
		const said = await ana.say(questions.id, 'a question');
		const reply = await questions.send({
			content: '@everyone an answer',
			reply: { messageReference: said.id },
			allowedMentions: { parse: [], repliedUser: false },
		});
		same('reference', reply.reference.messageId, said.id);
		same('pings', [reply.mentions.everyone, reply.mentions.users.size], [false, 0]);
		same('quotes', (await reply.fetchReference()).id, said.id);
	});
	await check('nonce', async () => {
		const send = () => team.send({ content: 'once', nonce: '7', enforceNonce: true });
		const [one, two] = [await send(), await send()];
		same('one message', two.id, one.id);
	});
	await check('GET messages', async () => {
		for (const n of ['1', '2', '3']) await team.send(n);
		const list = [...(await team.messages.fetch({ limit: 3 })).values()];
		same('newest first', list.map((m) => m.content), ['3', '2', '1']);
		const before = await team.messages.fetch({ limit: 1, before: list[1].id });
		same('before', before.map((m) => m.content), ['1']);
		const after = await team.messages.fetch({ limit: 1, after: list[1].id });
		same('after', after.map((m) => m.content), ['3']);
		const around = await team.messages.fetch({ limit: 3, around: list[1].id });
		same('around', around.map((m) => m.content), ['3', '2', '1']);
	});
	await check('GET, PATCH, DELETE message', async () => {
		const message = await channel('announcements').send('first');
		const edited = await message.edit('second');
		same('edited', [edited.content, edited.editedAt !== null], ['second', true]);
		await message.delete();
		await refused(10008, () => message.fetch(true));
	});
	await check('typing', () => questions.sendTyping());
	await check('POST users/@me/channels', async () => {
		const user = await client.users.fetch((await ana.say(questions.id, 'me')).author.id);
		const message = await user.send('in private');
		same('seen', (await last(ana, message.channelId)).content, 'in private');
	});
	await check('direct messages', async () => {
		const { id } = await ana.talk();
		const message = await arrives(Events.MessageCreate, () => ana.say(id, 'only for you'));
		same('content', [message.content, message.guildId], ['only for you', null]);
		await message.reply('thank you');
		same('seen', (await last(ana, id)).content, 'thank you');
	});
}

async function failing() {
	const general = channel('general');
	await check('50006 empty message', () => refused(50006, () => general.send({ content: '' })));
	await check('50035 bad form', async () => {
		const e = await refused(50035, () => general.send('x'.repeat(2001)));
		same('tree', e.rawError.errors.content._errors[0].code, 'BASE_TYPE_MAX_LENGTH');
	});
	await check('50001 hidden channel', async () => {
		const { channels } = await page('GET', 'state?as=ana');
		const quiet = channels.find((c) => c.name === 'quiet');
		await refused(50001, () => client.rest.post(Routes.channelMessages(quiet.id), { body: { content: 'x' } }));
	});
	await check('50013 missing permission', async () => {
		const said = await ana.say(general.id, 'mine');
		await refused(50013, () => general.messages.delete(said.id));
	});
	await check('50007 closed direct messages', async () => {
		const { author } = await boris.say(general.id, 'not in private');
		await refused(50007, async () => (await client.users.fetch(author.id)).send('hello'));
	});
	await check('40060 second answer', async () => {
		const i = await asked(() => teuta.run(general.id, 'echo', [{ name: 'text', value: 'x' }]));
		await i.reply('first');
		const body = { type: 4, data: { content: 'second' } };
		await refused(40060, () => client.rest.post(Routes.interactionCallback(i.id, i.token), { body, auth: false }));
	});
	await check('10062 late answer', async () => {
		const i = await asked(() => teuta.run(general.id, 'echo', [{ name: 'text', value: 'x' }]));
		await page('POST', 'clock', { advance_ms: 3001 });
		await refused(10062, () => i.reply('too late'));
	});
	await check('50027 old token', async () => {
		const i = await asked(() => teuta.run(general.id, 'echo', [{ name: 'text', value: 'x' }]));
		await i.reply('first');
		await page('POST', 'clock', { advance_ms: 15 * 60_000 + 1 });
		await refused(50027, () => i.editReply('too late'));
	});
}

async function reconnecting() {
	await check('429 of a route', async () => {
		await page('POST', 'faults', { kind: 'ratelimit', match: 'POST /channels/*/messages', times: 1, retry_after: 0.1 });
		same('sent in the end', (await channel('team').send('patience')).content, 'patience');
		same('faults left', (await page('GET', 'state?as=ana')).faults, []);
	});
	await check('RESUMED', async () => {
		const resumed = once(client, Events.ShardResume, { signal: AbortSignal.timeout(patience) });
		const missed = once(client, Events.MessageCreate, { signal: AbortSignal.timeout(patience) });
		await page('POST', 'faults', { kind: 'reconnect', times: 1 });
		await ana.say(channel('general').id, `<@${client.user.id}> while you were away`);
		const [message] = await missed;
		same('missed message', message.cleanContent.endsWith('while you were away'), true);
		await resumed;
	});
}

await connecting();
await registering();
await answering();
await pressing();
await talking();
await failing();
await reconnecting();
await client.destroy();
process.exitCode = failed ? 1 : 0;
