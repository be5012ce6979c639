import { cleanIdentifier } from './clean-identifier';
import { firstNonDigit } from './luhn';
import { fail, ok, type Result } from './result';

/** The subscriber's number in the network: country code 3, network 2 or 3, subscriber; at most 15 digits (E.212). */
export type Imsi = string & { readonly __imsi: never };

export type ImsiFault =
  | { readonly code: 'imsi-missing' }
  | { readonly code: 'imsi-not-digits'; readonly at: number }
  | { readonly code: 'imsi-length'; readonly length: number }
  /** No country has this code. */
  | { readonly code: 'imsi-country' };

/** Mobile country codes in use (ITU-T E.212), test networks (001) and shared ones (901, 999) included. */
const COUNTRIES: ReadonlySet<string> = new Set(
  `001 202 204 206 208 212 213 214 216 218 219 220 221 222 225 226 228 230 231 232 234 235 238 240 242 244 246 247 248
   250 255 257 259 260 262 266 268 270 272 274 276 278 280 282 283 284 286 288 289 290 292 293 294 295 297 302 308 310
   311 312 313 314 315 316 330 332 334 338 340 342 344 346 348 350 352 354 356 358 360 362 363 364 365 366 368 370 372
   374 376 400 401 402 404 405 406 410 412 413 414 415 416 417 418 419 420 421 422 424 425 426 427 428 429 430 431 432
   434 436 437 438 440 441 450 452 454 455 456 457 460 461 466 467 470 472 502 505 510 514 515 520 525 528 530 536 537
   539 540 541 542 543 544 545 546 547 548 549 550 551 552 553 554 555 602 603 604 605 606 607 608 609 610 611 612 613
   614 615 616 617 618 619 620 621 622 623 624 625 626 627 628 629 630 631 632 633 634 635 636 637 638 639 640 641 642
   643 645 646 647 648 649 650 651 652 653 654 655 657 658 659 702 704 706 708 710 712 714 716 722 724 730 732 734 736
   738 740 742 744 746 748 750 901 999`.split(/\s+/),
);
/** Country, the shortest network code, and at least one digit of a subscriber. */
const SHORTEST = 6;
const LONGEST = 15;

/** Reads an IMSI. It has no check digit: only its form and its country can be judged. */
export function parseImsi(raw: string): Result<Imsi, ImsiFault> {
  const { text } = cleanIdentifier(raw);
  if (text === '') return fail({ code: 'imsi-missing' });
  const at = firstNonDigit(text);
  if (at !== -1) return fail({ code: 'imsi-not-digits', at });
  if (text.length < SHORTEST || text.length > LONGEST) return fail({ code: 'imsi-length', length: text.length });
  return COUNTRIES.has(text.slice(0, 3)) ? ok(text as Imsi) : fail({ code: 'imsi-country' });
}
