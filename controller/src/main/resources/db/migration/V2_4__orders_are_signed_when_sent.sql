-- The signature is made of the payload whenever an order is sent, so it is not kept.
ALTER TABLE device_order DROP COLUMN envelope;
