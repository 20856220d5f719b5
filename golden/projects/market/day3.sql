-- 3 May: the till forgets more, a sale is taken back by a correction to nothing, a store closes and another moves.
delete from raw_market.sales where loaded_at < timestamp '2024-05-02 00:00:00';
update raw_market.sales set quantity = 0, loaded_at = timestamp '2024-05-03 23:00:00' where id = 106;
insert into raw_market.sales values
    (109, 1, 'D-4', 6, 310, '2024-05-03 11:00:00', '2024-05-03 23:00:00'),
    (110, 3, 'A-1', 1, 130, '2024-05-01 11:00:00', '2024-05-03 23:00:00');

delete from raw_market.stores where id = 4;
update raw_market.stores set region = 'east', updated_at = timestamp '2024-05-03 07:00:00' where id = 3;
