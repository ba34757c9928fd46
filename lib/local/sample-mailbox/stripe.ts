import { ADDRESSES, authenticatedBy, composed, type MailDraft } from './sample-mail.ts';

const FROM_STRIPE = {
  from: 'Stripe <notifications@stripe.com>',
  to: ADDRESSES.team,
  headers: { 'Authentication-Results': authenticatedBy('stripe.com') },
};

export const stripeMails: readonly MailDraft[] = [
  composed({
    name: 'stripe-payment',
    hoursAgo: 2,
    expectedRoute: 'stripe',
    snippetContains: 'Harbor Bakery paid $129.00',
    mail: {
      ...FROM_STRIPE,
      subject: 'Payment of $129.00 from Harbor Bakery',
      text: 'Harbor Bakery paid $129.00 for "Team plan, monthly".\n\nPayment pi_3Qx1 with a Visa card ending in 4242.',
      html: '<h1>You received a payment</h1><p>Harbor Bakery paid <b>$129.00</b> for “Team plan, monthly”.</p>',
    },
  }),
  composed({
    name: 'stripe-payment-in-euro',
    hoursAgo: 9,
    expectedRoute: 'stripe',
    snippetContains: 'Müller & Söhne GmbH paid €1,450.00',
    mail: {
      ...FROM_STRIPE,
      subject: 'Payment of €1,450.00 from Müller & Söhne GmbH',
      text: 'Müller & Söhne GmbH paid €1,450.00 for "Team plan, yearly".',
      textEncoding: 'quoted-printable',
    },
  }),
  composed({
    name: 'stripe-invoice-paid-html-only',
    hoursAgo: 14,
    expectedRoute: 'stripe',
    snippetContains: 'Invoice NW-0042 was paid: $2,388.00',
    mail: {
      ...FROM_STRIPE,
      from: 'Stripe <invoicing@stripe.com>',
      subject: 'Payment received for invoice NW-0042',
      html: `<html><head><style>${'.row td { padding: 12px; color: #30313d }\n'.repeat(150)}</style></head>
<body><table><tr class="row"><td>Invoice NW-0042 was paid: $2,388.00</td></tr></table></body></html>`,
    },
  }),
  composed({
    name: 'stripe-payout',
    hoursAgo: 20,
    expectedRoute: 'stripe',
    snippetContains: 'arrive in your bank account',
    mail: {
      ...FROM_STRIPE,
      subject: 'Your $4,812.37 payout is on its way',
      text: '$4,812.37 will arrive in your bank account ending in 6789 within two business days.',
    },
  }),
  composed({
    name: 'stripe-failed-charge',
    hoursAgo: 5,
    expectedRoute: 'stripe',
    snippetContains: 'insufficient funds',
    mail: {
      ...FROM_STRIPE,
      subject: 'Payment of $59.00 from lena@harborbakery.example failed',
      text: "The charge of $59.00 failed: the card has insufficient funds. We'll try again in three days.",
      html: '<p>The charge of <b>$59.00</b> failed: the card has insufficient funds.</p>',
    },
  }),
  composed({
    name: 'stripe-dispute',
    hoursAgo: 27,
    expectedRoute: 'stripe',
    snippetContains: 'Respond by Friday',
    mail: {
      ...FROM_STRIPE,
      from: '"Stripe Disputes" <disputes@support.stripe.com>',
      subject: 'A payment of $349.00 was disputed',
      text: 'The cardholder says the product was not received. Respond by Friday with evidence of delivery.',
    },
  }),
];
