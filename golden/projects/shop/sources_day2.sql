-- What happened on 2 May 2024, on top of sources.sql: rows that are new, changed and gone.

-- A new customer, one who moved, and one who asked to be forgotten.
insert into raw_shop.customers values (5, 'Zoë Ångström', 'zoe@example.com', 'SE', '2024-05-02 08:00:00');
update raw_shop.customers set country_code = 'FR', updated_at = '2024-05-02 09:00:00' where id = 2;
delete from raw_shop.customers where id = 4;

-- Order 101 leaves the source system, as old orders do: only the incremental models and their backups still know it.
delete from raw_shop.orders where id = 101;
delete from raw_shop.order_items where order_id = 101;

-- Order 102 arrives, 103 is sent, and 105 is new.
update raw_shop.orders set status = 'completed', updated_at = '2024-05-02 12:00:00' where id = 102;
update raw_shop.orders set status = 'shipped', updated_at = '2024-05-02 13:00:00' where id = 103;
insert into raw_shop.orders values
    (105, 5, 'placed', 'card', '2024-05-02 14:00:00', '2024-05-02 14:00:00');
insert into raw_shop.order_items values
    (105, 1, 'Backpack', 2, 5990);
