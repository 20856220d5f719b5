-- The raw tables as they were at the end of 1 May 2024. Money is in cents.
create schema if not exists raw_shop;

create or replace table raw_shop.customers (
    id integer, name varchar, email varchar, country_code varchar, updated_at timestamp
);
insert into raw_shop.customers values
    (1, 'Ada Byron',    'ada@example.com',    'GB', '2024-04-28 09:00:00'),
    (2, 'Renée Müller', 'rene@example.com',   'DE', '2024-04-29 10:30:00'),
    (3, 'O''Neill, Jo', null,                 'IE', '2024-04-30 12:00:00'),
    (4, '山田 花子',    'hanako@example.com', 'JP', '2024-05-01 08:15:00');

create or replace table raw_shop.orders (
    id integer, customer_id integer, status varchar, payment_method varchar, ordered_at timestamp, updated_at timestamp
);
insert into raw_shop.orders values
    (101, 1, 'COMPLETED', 'card',     '2024-04-28 09:30:00', '2024-04-30 07:00:00'),
    (102, 2, 'shipped',   'transfer', '2024-04-29 11:00:00', '2024-04-30 16:00:00'),
    (103, 1, 'placed',    'card',     '2024-05-01 10:00:00', '2024-05-01 10:00:00'),
    (104, 3, ' Placed ',  'voucher',  '2024-05-01 18:45:00', '2024-05-01 18:45:00');

create or replace table raw_shop.order_items (
    order_id integer, line_number integer, product varchar, quantity integer, unit_price_cents integer
);
insert into raw_shop.order_items values
    (101, 1, 'Notebook',    2,  450),
    (101, 2, 'Pen "Basic"', 10,  99),
    (102, 1, 'Backpack',    1, 5990),
    (103, 1, 'Notebook',    1,  450),
    (104, 1, 'Ink, blue',   3,  725),
    (104, 2, 'Pen "Basic"', 1,   99);
