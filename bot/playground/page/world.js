// What a member may see of the place, kept current by events.

import { Unread } from "./unread.js";

/** Message flags. */
export const PRIVATE = 1 << 6;
export const LOADING = 1 << 7;

/** Kinds of channels and of commands. */
export const TEXT = 0;
export const DIRECT = 1;
export const THREAD = 11;
export const TYPED = 1;
export const ON_MESSAGE = 3;

// Where commands can be used.
const IN_GUILD = 0;
const IN_DIRECT = 1;

export class World {
  /** state is what the server tells about the place at first. */
  constructor(state) {
    Object.assign(this, state);
    this.unread = new Unread(state.channels);
  }

  /** The name that a user goes by here. */
  nameOf(user) {
    return this.#member(user.id)?.nick || user.global_name || user.username || "somebody";
  }

  /** The name of whoever has an id, "" if nobody here has. */
  nameByID(id) {
    if (id === this.application.id) return this.application.name;
    const member = this.#member(id);
    return member ? this.nameOf(member.user) : "";
  }

  /** The roles of a member, without the one that everybody has. */
  rolesOf(id) {
    const held = this.#member(id)?.roles ?? [];
    return this.roles.filter((role) => held.includes(role.id) && role.id !== this.guild.id);
  }

  channel(id) {
    return this.channels.find((channel) => channel.id === id);
  }

  threadsOf(id) {
    return this.channels.filter((channel) => channel.type === THREAD && channel.parent_id === id);
  }

  /** Adds a channel, or takes over what has changed of one. */
  keep(channel) {
    const known = this.channel(channel.id);
    if (known) Object.assign(known, channel);
    else this.channels.push(channel);
  }

  /** Whether the application is a member here. */
  get hasApplication() {
    return Boolean(this.#member(this.application.id));
  }

  /** The commands of a kind that can be used in a channel. */
  commandsIn(channel, kind) {
    const context = channel.type === DIRECT ? IN_DIRECT : IN_GUILD;
    if (context === IN_GUILD && !this.hasApplication) return [];
    return this.commands.filter((command) => (command.type ?? TYPED) === kind && (command.contexts ?? [context]).includes(context))
      .filter(({ default_member_permissions: needed }) => context === IN_DIRECT || permits(this.#permissionsIn(channel), needed))
      .flatMap((command) => spread(command));
  }

  // permissionsIn is what the member may do in a channel. New threads do not tell: they have those of their channel.
  #permissionsIn(channel) {
    return BigInt(channel.permissions ?? this.channel(channel.parent_id)?.permissions ?? 0);
  }

  /** The command that a newcomer is pointed to: one that asks for something, if there is one. */
  firstCommand(channel) {
    const typed = this.commandsIn(channel, TYPED);
    return typed.find(({ name }) => name === "ask") ?? typed.find(({ options }) => options?.some((option) => option.required)) ?? typed[0];
  }

  /** What can be mentioned, as {label, mention}: the application first, then people, roles and channels. */
  mentionable() {
    const people = this.members.filter(({ user }) => !user.bot).map(({ user }) => ({ label: `@${this.nameOf(user)}`, mention: `<@${user.id}>` }));
    const roles = this.roles.filter(({ id, managed }) => id !== this.guild.id && !managed).map(({ id, name }) => ({ label: `@${name}`, mention: `<@&${id}>` }));
    const channels = this.channels.filter(({ type }) => type !== DIRECT).map(({ id, name }) => ({ label: `#${name}`, mention: `<#${id}>` }));
    return [{ label: `@${this.application.name}`, mention: `<@${this.application.id}>` }, ...people, ...roles, ...channels];
  }

  /** Whether a message mentions the member: by name, by a role, with everyone, or as a reply that pings. */
  mentionsMe({ mentions = [], mention_roles: roles = [], mention_everyone: everyone }) {
    return Boolean(everyone) || mentions.some(({ id }) => id === this.me.id) || roles.some((role) => this.#member(this.me.id)?.roles.includes(role));
  }

  /** How a channel is called in a sentence. */
  placeName(channel) {
    if (channel.type === DIRECT) return this.application.name;
    return channel.type === THREAD ? channel.name : `#${channel.name}`;
  }

  /** Where a newcomer starts: where questions go, or the first place to write in. */
  start() {
    return this.channels.find((channel) => channel.name === "questions") ?? this.channels.find((channel) => channel.can_send);
  }

  #member(id) {
    return this.members.find((member) => member.user.id === id);
  }
}

// The kinds of options that are commands themselves.
const BELOW = 1;
const GROUP = 2;

const ADMINISTER = 8n;

// permits reports whether somebody with permissions sees a command that needs some: null for none, "0" for administrators.
const permits = (held, needed) => needed == null || Boolean(held & ADMINISTER) || (needed !== "0" && (held & BigInt(needed)) === BigInt(needed));

// spread makes a command of each of those below a command: {name, description, options, path}.
function spread(command, path = []) {
  const below = (command.options ?? []).filter(({ type }) => type === BELOW || type === GROUP);
  if (below.length === 0) return [{ ...command, path }];
  return below.flatMap(({ name, description, options }) =>
    spread({ ...command, name: `${command.name} ${name}`, description, options }, [...path, name]));
}

/** The options of a command as they are sent, which is inside those of the commands above it. */
export const within = ({ path }, options) => path.reduceRight((inner, name) => [{ name, options: inner }], options);
