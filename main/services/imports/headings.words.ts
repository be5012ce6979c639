/**
 * The words that headings are made of, without accents: English as the carrier's customers write it, and the languages of
 * the fleets that roam here (Spanish, French, Portuguese, Italian, German).
 */
const split = (text: string): readonly string[] => text.trim().split(/\s+/);

export const OLD_WORDS: ReadonlySet<string> = new Set(
  split(`
    old current existing original orig from present before previous prior defective faulty broken failed bad removed
    outgoing dead source active
    antiguo antigua viejo vieja actual anterior ancien ancienne actuel actuelle precedent antigo antiga atual
    vecchio vecchia attuale precedente alt alte alter altes bisher bisherige bisheriger aktuell aktuelle defekt defekte`),
);

export const NEW_WORDS: ReadonlySet<string> = new Set(
  split(`
    new replacement target to after spare incoming installed substitute future
    nuevo nueva reemplazo nouveau nouvelle remplacement novo nova substituto nuovo nuova sostitutiva
    neu neue neuer neues ersatz`),
);

/** Say nothing about which column it is. */
export const FILLERS: ReadonlySet<string> = new Set(
  split(`
    number numbers no nr num nbr id ids card cards value the code of digits digit name names a an s hash is
    numero numeros nummer nummern n de del da do della du la le el il der die das des tarjeta carte cartao scheda karte
    kartennummer nombre nom nome`),
);

export type Subject =
  'iccid' | 'imei' | 'hardware' | 'mdn' | 'customer' | 'ratePlan' | 'ratePool' | 'effectiveDate' | 'note';

const named = (subject: Subject, words: string): readonly (readonly [string, Subject])[] =>
  split(words).map((word) => [word, subject] as const);

export const SUBJECTS: ReadonlyMap<string, Subject> = new Map([
  ...named('iccid', 'iccid iccids icc ccid sim sims simcard simcards simno simnumber uicc simkarte simkarten'),
  ...named('imei', 'imei imeis imeisv imeino imeinumber'),
  // Only beside "old" or "new" do these mean the IMEI; alone they may be anything.
  ...named('hardware', 'device devices hardware equipment modem handset router unit module'),
  ...named('hardware', 'dispositivo equipo appareil aparelho apparecchio gerat geraet gerate'),
  ...named('mdn', 'mdn mdns msisdn msisdns phone telephone tel mobile cell wireless ctn tn phoneno phonenumber'),
  ...named('mdn', 'telefono telefone telefon rufnummer telefonnummer mobilnummer linea ligne linha'),
  ...named('customer', 'customer customers client clients cliente clientes clienti kunde kunden kundenname'),
  ...named('ratePlan', 'rateplan customerrateplan plan customerplan tarif tarifa tariffa plano forfait tarifplan'),
  ...named('ratePool', 'ratepool customerratepool pool customerpool'),
  ...named('effectiveDate', 'effective effectivedate effectiveon effectivefrom gultigab stichtag fechaefectiva'),
  ...named('note', 'note notes comment comments remark remarks memo reason'),
  ...named('note', 'nota notas observaciones comentario remarque commentaire bemerkung bemerkungen notiz kommentar'),
]);
