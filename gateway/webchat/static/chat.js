/**
 * The fan's chat page, from the address `/chat/{account}`. No build step; each module below is one thing.
 *
 *   chat          opens the page: session, entry, conversation (this file)
 *   entry         AI notice and age question              conversation  joins all that follows
 *   api           the routes, and `Refusal`               live          server-sent events, reconnecting
 *   thread        what the server said                    outbox        what is not sent yet, under stable keys
 *   log           the list of messages                    message       one message         pack  one pack
 *   lightbox      pictures in full                        composer      where the fan writes
 *   follow        stays at the newest message             typing        three dots          banner  offline, waking
 *   face          avatar or initials                      accent        readable shades of the influencer's colour
 *   viewport      height without jumps                    dates, dom, tab   small floors of the rest
 *
 * Everything a person or the house wrote is shown as text only (`dom.js`); events carry no content, the thread does.
 */

import { applyAccent } from "./accent.js";
import { Api } from "./api.js";
import { Conversation } from "./conversation.js";
import { byId } from "./dom.js";
import { Entry } from "./entry.js";
import { Face } from "./face.js";
import { Tab } from "./tab.js";
import { followViewport } from "./viewport.js";

const account = decodeURIComponent(location.pathname.split("/").filter(Boolean)[1] ?? "");
const api = new Api(account);

followViewport();
byId("opening-retry").addEventListener("click", () => open());
byId("about-open").addEventListener("click", () => byId("about").showModal());
open();

async function open() {
  tellOpening("Opening the chat…", false);
  let session;
  try {
    session = await api.session();
  } catch (refusal) {
    tellOpening(refusal.passing ? "The chat could not be reached." : "There is no chat at this address.", true);
    return;
  }
  dress(session);
  byId("opening").hidden = true;
  const entry = new Entry(api);
  const conversation = new Conversation(api, new Tab(account), session, () => askAndStart());
  if (session.confirmed) start();
  else askAndStart();

  async function askAndStart() {
    byId("frame").hidden = true;
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    await entry.ask();
    start();
  }

  function start() {
    byId("frame").hidden = false;
    conversation.start(session.waking);
  }
}

/** Put name, face, colour and notice of the influencer wherever the page has a place for them. */
function dress({ influencer, notice, language, sandbox }) {
  applyAccent(influencer.accent);
  document.title = influencer.name;
  const face = new Face(influencer);
  for (const disc of document.querySelectorAll("[data-avatar]")) face.dress(disc);
  fill("[data-name]", influencer.name);
  fill("[data-tagline]", influencer.tagline);
  fill("[data-notice]", notice);
  for (const place of document.querySelectorAll("[data-notice]")) place.lang = language ?? "en";
  for (const part of document.querySelectorAll("[data-sandbox]")) part.hidden = !sandbox;
  for (const link of document.querySelectorAll("[data-privacy]")) link.href = api.privacy;
}

function fill(places, text) {
  for (const place of document.querySelectorAll(places)) place.textContent = text ?? "";
}

function tellOpening(text, failed) {
  byId("opening-text").textContent = text;
  byId("opening").classList.toggle("opening-failed", failed);
  byId("opening-retry").hidden = !failed;
}
